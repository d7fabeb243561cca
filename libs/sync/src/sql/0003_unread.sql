-- Rows that clients could not read: over all sessions, and of the one that ended last.
alter table sync_lease add column unread_session text not null default '';
alter table sync_lease add column source_unread bigint not null default 0;
alter table sync_lease add column session_unread bigint not null default 0;
