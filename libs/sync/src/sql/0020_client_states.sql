-- How each client of a source stands: the source is as whole, and as fresh, as the worst of them.
-- When it was first heard; of those from before, when they were heard last.
alter table sync_client add column first_heard bigint not null default 0;
update sync_client set first_heard = heard;
-- When a session of it last ended that spoke of all that it feeds, and when one last did
-- completely; 0: none that is known.
alter table sync_client add column last_end bigint not null default 0;
alter table sync_client add column last_success bigint not null default 0;
-- Rows that it could not read in that one, and what that one lacked: mpp.sync.v1.Incomplete, its
-- reason 0 where it lacked nothing.
alter table sync_client add column unread bigint not null default 0;
alter table sync_client add column lack bigint not null default 0;
alter table sync_client add column lack_text text not null default '';
