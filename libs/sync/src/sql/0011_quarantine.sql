-- Records that wait for something else, whole, until that is there.
create table sync_waiting (
    source text not null,
    -- The service that it asks for, and the last part of that name.
    name text not null,
    source_id text not null,
    -- 1 where it asks for the service to go.
    deletes bigint not null,
    -- mpp.sync.v1.Record, as it was checked.
    record bytea not null,
    bytes bigint not null,
    -- Why it waits, and for what.
    field text not null,
    code text not null,
    message text not null,
    awaited text not null,
    -- 1 where it was rejected when it was tried again; it then waits no more.
    refused bigint not null,
    -- The registry's rules by which it was tried last.
    rules bigint not null,
    -- The batch and the session that brought it, and what the session's client had said.
    sequence bigint not null,
    session text not null,
    unique_ids bigint not null,
    form bigint not null,
    first_seen bigint not null,
    last_try bigint not null,
    tries bigint not null,
    -- It is not tried again by itself before this.
    not_before bigint not null,
    primary key (source, name)
);
create index sync_waiting_id on sync_waiting (source, source_id);
create index sync_waiting_cause on sync_waiting (source, refused, code, awaited);

-- What became of records that had waited.
alter table sync_lease add column source_redriven bigint not null default 0;
alter table sync_lease add column source_redrive_rejected bigint not null default 0;
