-- The sync session that a transaction belongs to; empty of any other.
alter table revision add column session text not null default '';
-- Finds what a session has written.
create index revision_session on revision (session, rev) where session <> '';
-- The revision up to which versions are dropped that others had taken the place of by then.
alter table feed add column history_floor bigint not null default 0;
