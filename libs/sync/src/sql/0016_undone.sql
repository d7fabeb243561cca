-- Records of a source that were undone: as long as they come with the same bytes they are not taken.
create table sync_undone (
    source text not null,
    -- The first 8 bytes of SHA-256 of its name.
    key bigint not null,
    name text not null,
    -- The session that had brought it.
    session text not null,
    -- 1 where it had asked for the record to go.
    deletes bigint not null,
    -- The first 16 bytes of SHA-256 of the record as it was sent; none where that is not known, or of
    -- a delete: then whatever comes first counts as the same.
    digest bytea not null,
    -- When it was undone, and by whom.
    at bigint not null,
    actor text not null,
    primary key (source, key)
);
