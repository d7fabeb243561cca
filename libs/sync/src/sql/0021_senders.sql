-- The only client that has ever sent the record, or was found to have it as it stands; 0 where
-- several have, or it is not known, as of all that was sent before. What `client` says moves with
-- each send: this never comes back.
alter table sync_sent add column alone bigint not null default 0;

-- The last session of the client has said that nobody waits for its next (Hello.unscheduled).
alter table sync_client add column unscheduled bigint not null default 0;
