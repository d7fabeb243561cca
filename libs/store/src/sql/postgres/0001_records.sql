-- Every resource of a service, whatever its kind. Text compares by bytes, as SQLite's does.
create table record (
    kind text collate "C" not null,
    name text collate "C" not null,
    version bigint not null,
    deleted bigint not null default 0,
    labels text not null,
    doc bytea not null,
    tombstone bytea,
    create_time bigint not null,
    update_time bigint not null,
    primary key (kind, name)
)
-- Documents of about 2 KB stay in the row: neither compressed nor moved out.
with (toast_tuple_target = 4080);

-- Finds tombstones that are old enough to go.
create index record_tombstones on record (update_time) where deleted = 1;

-- What each transaction changed. A row is invisible to followers until its transaction has a
-- revision; `tx` is drawn when the transaction begins and says nothing about order.
create table change (
    tx bigint not null,
    seq bigint not null generated always as identity,
    kind text collate "C" not null,
    name text collate "C" not null,
    version bigint not null,
    deleted bigint not null,
    labels text not null,
    labels_before text,
    doc bytea not null,
    tombstone bytea,
    create_time bigint not null,
    update_time bigint not null,
    primary key (tx, seq)
)
with (toast_tuple_target = 4080);

-- Serves history: every kept version of one record.
create index change_history on change (kind, name, version);

-- The order of commits: one row for each transaction that changed something.
create table revision (
    rev bigint primary key,
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

create sequence tx_number;
create sequence revision_number;

-- Where the feed stands, and which database it is.
create table feed (
    id bigint primary key check (id = 1),
    lineage text not null,
    cluster text not null,
    floor bigint not null,
    compacted bigint not null
);

-- Answers given, so that a repeated request gets the same one.
create table request (
    caller text not null,
    method text not null,
    request_id text not null,
    digest bytea not null,
    answer bytea not null,
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
    token bytea not null,
    revision bigint not null
);

-- No write to a record misses the feed, not even one by hand: without a transaction number
-- (see feed_begin) it fails.
create function record_changed() returns trigger language plpgsql as $$
begin
    insert into change (tx, kind, name, version, deleted, labels, labels_before, doc, tombstone,
                        create_time, update_time)
    values (current_setting('mpp.tx')::bigint, new.kind, new.name, new.version, new.deleted,
            new.labels, old.labels, new.doc, new.tombstone, new.create_time, new.update_time);
    return null;
end $$;
create trigger record_changed after insert or update on record
    for each row execute function record_changed();

-- Begins a writing transaction: call it first.
create function feed_begin() returns bigint language sql as $$
    select set_config('mpp.tx', nextval('tx_number')::text, true)::bigint
$$;

-- Ends a writing transaction: call it last, in one message with COMMIT. The lock is held from here
-- until the commit is visible, so revisions become visible in their order, and that is also the
-- order of overwrites: who overwrites has waited for the row, whose writer has drawn before.
-- Answers the new revision; without changes, the head.
create function feed_commit(fixed_time bigint, shift bigint, by_origin text, by_actor text)
returns bigint language plpgsql as $$
declare
    own bigint := current_setting('mpp.tx')::bigint;
    last bigint;
    drawn bigint;
begin
    select max(seq) into last from change where tx = own;
    if last is null then
        return (select greatest(floor, (select max(rev) from revision)) from feed);
    end if;
    perform pg_advisory_xact_lock(5213001);
    insert into revision (rev, tx, last_seq, origin, actor, at)
    values (nextval('revision_number'), own, last, by_origin, by_actor,
            coalesce(fixed_time, (extract(epoch from clock_timestamp()) * 1000000)::bigint + shift))
    returning rev into drawn;
    return drawn;
end $$;
