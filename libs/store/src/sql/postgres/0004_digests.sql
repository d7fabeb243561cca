-- The version that a change has taken the place of; 0 where no living record was there. Digests of
-- what is held take it away.
alter table change add column version_before bigint not null default 0;
create or replace function record_changed() returns trigger language plpgsql as $$
begin
    insert into change (tx, kind, name, version, deleted, labels, labels_before, doc, tombstone,
                        create_time, update_time, version_before)
    values (current_setting('mpp.tx')::bigint, new.kind, new.name, new.version, new.deleted,
            new.labels, old.labels, new.doc, new.tombstone, new.create_time, new.update_time,
            case when old.deleted = 0 then old.version else 0 end);
    return null;
end $$;

-- What the copy of a feed holds of each kind, as of the position in `upstream`; `first` and
-- `second` are the digest's sums, as signed numbers. Copies of before have none and start again.
create table upstream_digest (
    feed text collate "C" not null,
    kind text collate "C" not null,
    count bigint not null,
    first bigint not null,
    second bigint not null,
    primary key (feed, kind)
);
delete from upstream;
