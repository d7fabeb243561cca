-- The clients that feed a source, each a part of it perhaps (Hello.client).
create table sync_client (
    source text not null,
    -- Its name: it stays the same also where its state is lost.
    name text not null,
    -- The fencing token of its first session: no two clients of a source have the same.
    number bigint not null,
    -- When it opened a session last.
    heard bigint not null,
    primary key (source, name)
);

-- The client of the session, as long as that has this fencing token: a program of before opens others
-- without it.
alter table sync_lease add column client bigint not null default 0;
alter table sync_lease add column client_of bigint not null default 0;

-- The client that sent the record last; 0 where that is not known.
alter table sync_rejected add column client bigint not null default 0;
alter table sync_waiting add column client bigint not null default 0;
alter table sync_sent add column client bigint not null default 0;

-- Records that two clients of a source send in different words: each overwrites the other.
create table sync_contested (
    source text not null,
    -- The first 8 bytes of SHA-256 of its name.
    key bigint not null,
    name text not null,
    -- The client that sent it last, and the one whose words it replaced.
    client bigint not null,
    other bigint not null,
    -- The batch with which that one has sent it, or confirmed it, last.
    sequence bigint not null,
    -- When it changed hands last, and how often it did.
    at bigint not null,
    changes bigint not null,
    primary key (source, key)
);
