-- What a checkpoint is known by, beside its sequence: drawn with each batch's answers. Those of before
-- are known by 0; no later one has it, save by a chance of 1 in 2^64.
alter table sync_batch add column mark bigint not null default 0;
alter table sync_lease add column mark bigint not null default 0;
alter table sync_lease add column resumed_mark bigint not null default 0;
