-- Every resource of a service, whatever its kind.
create table record (
    kind text not null,
    name text not null,
    version bigint not null,
    deleted bigint not null default 0,
    labels text not null,
    doc blob not null,
    tombstone blob,
    create_time bigint not null,
    update_time bigint not null,
    primary key (kind, name)
);

-- Finds tombstones that are old enough to go.
create index record_tombstones on record (update_time) where deleted = 1;

-- What each transaction changed. SQLite has one writer, so `tx` is the revision itself.
create table change (
    seq integer primary key autoincrement,
    tx bigint not null,
    kind text not null,
    name text not null,
    version bigint not null,
    deleted bigint not null,
    labels text not null,
    labels_before text,
    doc blob not null,
    tombstone blob,
    create_time bigint not null,
    update_time bigint not null
);
create index change_tx on change (tx, seq);
-- Serves history: every kept version of one record.
create index change_history on change (kind, name, version);

-- The order of commits: one row for each transaction that changed something.
create table revision (
    rev integer primary key,
    tx bigint not null,
    last_seq bigint not null,
    origin text not null,
    actor text not null,
    at bigint not null
);
-- Finds the commit of a change that history reads.
create unique index revision_tx on revision (tx);
-- Finds the floor that an age asks for.
create index revision_at on revision (at, rev);

-- Where the feed stands, and which database it is. `head` outlives compaction, so that no
-- revision is given out twice.
create table feed (
    id bigint primary key check (id = 1),
    lineage text not null,
    cluster text not null,
    floor bigint not null,
    compacted bigint not null,
    head bigint not null default 0
);

-- Answers given, so that a repeated request gets the same one.
create table request (
    caller text not null,
    method text not null,
    request_id text not null,
    digest blob not null,
    answer blob not null,
    create_time bigint not null,
    primary key (caller, method, request_id)
);
create index request_age on request (create_time);

-- Who runs a background job now.
create table job (
    name text primary key,
    holder text not null,
    until bigint not null
);

-- How far a followed feed has been applied.
create table upstream (
    feed text primary key,
    token blob not null,
    revision bigint not null
);

-- No write to a record misses the feed, not even one by hand.
create trigger record_inserted after insert on record begin
    insert into change (tx, kind, name, version, deleted, labels, labels_before, doc, tombstone,
                        create_time, update_time)
    select head + 1, new.kind, new.name, new.version, new.deleted, new.labels, null, new.doc,
           new.tombstone, new.create_time, new.update_time
    from feed;
end;
create trigger record_updated after update on record begin
    insert into change (tx, kind, name, version, deleted, labels, labels_before, doc, tombstone,
                        create_time, update_time)
    select head + 1, new.kind, new.name, new.version, new.deleted, new.labels, old.labels, new.doc,
           new.tombstone, new.create_time, new.update_time
    from feed;
end;
