-- 1 where the record is not wrong, but waits for something else, such as its unit.
alter table sync_rejected add column waiting bigint not null default 0;
