-- Where each source stands, and which session may write for it now.
create table sync_lease (
    source text primary key,
    -- Rises with every session; each of its writes is checked against it.
    fencing bigint not null,
    session text not null,
    holder text not null,
    until bigint not null,
    mapping_version text not null,
    -- 1 until a session that was told to send everything has begun to.
    resend bigint not null,
    -- The last batch that was answered, and the client's position with it.
    sequence bigint not null,
    position text not null
);

-- Every batch that was answered, with its answers: what the accounting is a query over.
create table sync_batch (
    source text not null,
    session text not null,
    nonce bigint not null,
    fencing bigint not null,
    sequence bigint not null,
    position text not null,
    -- 0 once the source went on from an earlier checkpoint.
    current bigint not null,
    digest bytea not null,
    answers bytea not null,
    received bigint not null,
    applied bigint not null,
    unchanged bigint not null,
    rejected bigint not null,
    quarantined bigint not null,
    at bigint not null,
    primary key (source, session, nonce),
    check (received = applied + unchanged + rejected + quarantined)
);
create index sync_batch_sequence on sync_batch (source, sequence);
create index sync_batch_at on sync_batch (at);
