-- 1 where the session was told to send every record.
alter table sync_lease add column opened_send_all bigint not null default 0;

-- Records whose last answer was a rejection: how many stand so now. Of id and name the digests, since
-- what was refused may hold anything.
create table sync_rejected (
    source text not null,
    id text not null,
    name text not null,
    -- The batch that it was answered in.
    sequence bigint not null,
    primary key (source, id, name)
);
