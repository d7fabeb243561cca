-- 1 where the session has said that no two records of its source have one id.
alter table sync_lease add column unique_ids bigint not null default 0;
