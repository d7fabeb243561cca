-- Records that redrives have moved to other units since the last session was opened, as `moved` says it
-- of that session: each has the room for moves for itself.
alter table sync_lease add column redrive_moved bigint not null default 0;
