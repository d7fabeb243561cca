-- What each record of a source was answered on last: what a client that has lost its own memory is
-- compared with. How it stands now follows from the records and from what is rejected and waits.
create table sync_sent (
    source text not null,
    -- The first 8 bytes of SHA-256 of its name.
    key bigint not null,
    -- The first 16 bytes of SHA-256 of the record as it was sent.
    digest bytea not null,
    -- 0: it was taken; 1: taken, and its publisher was told something; 2: it was not taken.
    outcome bigint not null,
    -- The rules by which it was answered.
    rules bigint not null,
    primary key (source, key)
);
-- Records that a reconcile has confirmed, and that are published.
alter table sync_batch add column confirmed bigint not null default 0;
