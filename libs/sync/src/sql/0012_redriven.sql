-- Records of a batch that waited, and were taken when they were tried again.
alter table sync_batch add column redriven bigint not null default 0;
