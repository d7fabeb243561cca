-- A position is a revision and its mark, which the statement that makes the revision draws: 64 bits
-- of a random UUID. Each row of before gets one of its own.
alter table revision add column mark bigint not null
    default uuid_hash_extended(gen_random_uuid(), 0);

-- The floor is a position too. Until now compaction let its row go.
insert into revision (rev, tx, last_seq, origin, actor, at)
    select floor, -floor, 0, '', '', 0 from feed
    where floor > 0 and not exists (select 1 from revision where rev = floor);

-- Which database it is, its marks say: `lineage` and `cluster` are for programs of before.
insert into feed (id, lineage, cluster, floor, compacted) values (1, '', '', 0, 0)
    on conflict (id) do nothing;
