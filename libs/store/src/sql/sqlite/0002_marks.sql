-- A position is a revision and its mark, which the statement that makes the revision draws. A column
-- that is added cannot have such a default, so the table is made anew.
create table revision_marked (
    rev integer primary key,
    tx bigint not null,
    last_seq bigint not null,
    origin text not null,
    actor text not null,
    at bigint not null,
    mark bigint not null default (random())
);
insert into revision_marked (rev, tx, last_seq, origin, actor, at)
    select rev, tx, last_seq, origin, actor, at from revision;
drop table revision;
alter table revision_marked rename to revision;
-- Finds the commit of a change that history reads.
create unique index revision_tx on revision (tx);
-- Finds the floor that an age asks for.
create index revision_at on revision (at, rev);

-- The floor is a position too. Until now compaction let its row go.
insert into revision (rev, tx, last_seq, origin, actor, at)
    select floor, floor, 0, '', '', 0 from feed
    where floor > 0 and not exists (select 1 from revision where rev = floor);

-- Which database it is, its marks say: `lineage` and `cluster` are for programs of before.
insert into feed (id, lineage, cluster, floor, compacted) values (1, '', '', 0, 0)
    on conflict (id) do nothing;
