-- Every upstream change as it came, in the order in which it was projected.
create table inbox (
    seq bigint primary key,
    feed text not null,
    revision bigint not null,
    sub bigint not null,
    kind text not null,
    name text not null,
    version bigint not null,
    op text not null,
    doc bytea,
    labels text not null,
    actor text not null,
    at bigint not null,
    check ((op = 'put') = (doc is not null))
);
-- The last state of each record, when a feed starts again.
create index inbox_record on inbox (feed, kind, name, seq);

-- The inbox's last number; its lock is the order of projecting.
create table inbox_head (one bigint primary key check (one = 1), seq bigint not null);
insert into inbox_head (one, seq) values (1, 0);

-- Rows that follow from the inbox; a null value is a row that is gone.
create table projection (
    name text not null,
    key text not null,
    value text,
    seq bigint not null,
    primary key (name, key)
);
-- What changed since a replica last looked.
create index projection_seq on projection (seq);

-- How the projecting replica stands with each feed.
create table feed_state (
    feed text primary key,
    revision bigint not null,
    commit_time bigint,
    seen bigint,
    connected bigint not null,
    caught_up bigint not null
);
