-- 1 where the session has said that it means to move many records, and how many it has moved.
alter table sync_lease add column accept_moves bigint not null default 0;
alter table sync_lease add column moved bigint not null default 0;
