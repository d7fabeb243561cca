-- A number of the inbox bears a mark, drawn with its row: a replica that has read up to it finds by
-- the mark that another history has taken its place.
alter table inbox add column mark bigint not null
    default uuid_hash_extended(gen_random_uuid(), 0);
