-- The version that a change has taken the place of; 0 where no living record was there. Digests of
-- what is held take it away.
alter table change add column version_before bigint not null default 0;
drop trigger record_inserted;
drop trigger record_updated;
create trigger record_inserted after insert on record begin
    insert into change (tx, kind, name, version, deleted, labels, labels_before, doc, tombstone,
                        create_time, update_time)
    select head + 1, new.kind, new.name, new.version, new.deleted, new.labels, null, new.doc,
           new.tombstone, new.create_time, new.update_time
    from feed;
end;
create trigger record_updated after update on record begin
    insert into change (tx, kind, name, version, deleted, labels, labels_before, doc, tombstone,
                        create_time, update_time, version_before)
    select head + 1, new.kind, new.name, new.version, new.deleted, new.labels, old.labels, new.doc,
           new.tombstone, new.create_time, new.update_time,
           case when old.deleted = 0 then old.version else 0 end
    from feed;
end;

-- What the copy of a feed holds of each kind, as of the position in `upstream`; `first` and
-- `second` are the digest's sums, as signed numbers. Copies of before have none and start again.
create table upstream_digest (
    feed text not null,
    kind text not null,
    count bigint not null,
    first bigint not null,
    second bigint not null,
    primary key (feed, kind)
);
delete from upstream;
