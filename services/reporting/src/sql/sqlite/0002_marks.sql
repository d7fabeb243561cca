-- A number of the inbox bears a mark, drawn with its row: a replica that has read up to it finds by
-- the mark that another history has taken its place. A column that is added cannot have such a
-- default, so the table is made anew.
create table inbox_marked (
    seq bigint primary key,
    feed text not null,
    revision bigint not null,
    sub bigint not null,
    kind text not null,
    name text not null,
    version bigint not null,
    op text not null,
    doc blob,
    labels text not null,
    actor text not null,
    at bigint not null,
    mark bigint not null default (random()),
    check ((op = 'put') = (doc is not null))
);
insert into inbox_marked
    (seq, feed, revision, sub, kind, name, version, op, doc, labels, actor, at)
    select seq, feed, revision, sub, kind, name, version, op, doc, labels, actor, at from inbox;
drop table inbox;
alter table inbox_marked rename to inbox;
-- The last state of each record, when a feed starts again.
create index inbox_record on inbox (feed, kind, name, seq);
