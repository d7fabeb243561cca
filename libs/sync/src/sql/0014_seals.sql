-- Of each row a hash as the program wrote it, in 40 bits, so that sums of them stay numbers; 0 where a
-- program of before has written it. Of each source the sums over its rows: whoever alters or deletes a
-- row by hand does not alter these.
alter table sync_batch add column proof bigint not null default 0;
alter table sync_rejected add column proof bigint not null default 0;
alter table sync_waiting add column proof bigint not null default 0;
alter table sync_lease add column batch_sum bigint not null default 0;
alter table sync_lease add column rejected_sum bigint not null default 0;
alter table sync_lease add column waiting_sum bigint not null default 0;

-- Records of a batch that waited, and were rejected when they were tried again.
alter table sync_batch add column redrive_rejected bigint not null default 0;
