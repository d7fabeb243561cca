-- Running totals of the batches, over all sessions and of the one that sent last.
alter table sync_lease add column counted_session text not null default '';
alter table sync_lease add column source_received bigint not null default 0;
alter table sync_lease add column source_applied bigint not null default 0;
alter table sync_lease add column source_unchanged bigint not null default 0;
alter table sync_lease add column source_rejected bigint not null default 0;
alter table sync_lease add column source_quarantined bigint not null default 0;
alter table sync_lease add column session_received bigint not null default 0;
alter table sync_lease add column session_applied bigint not null default 0;
alter table sync_lease add column session_unchanged bigint not null default 0;
alter table sync_lease add column session_rejected bigint not null default 0;
alter table sync_lease add column session_quarantined bigint not null default 0;

-- By the database, in the transaction of the batch: what a replica of the version before writes
-- during a rolling update is counted too.
create trigger sync_batch_counted after insert on sync_batch begin
    update sync_lease set
        source_received = source_received + new.received,
        source_applied = source_applied + new.applied,
        source_unchanged = source_unchanged + new.unchanged,
        source_rejected = source_rejected + new.rejected,
        source_quarantined = source_quarantined + new.quarantined,
        session_received = new.received
            + case when counted_session = new.session then session_received else 0 end,
        session_applied = new.applied
            + case when counted_session = new.session then session_applied else 0 end,
        session_unchanged = new.unchanged
            + case when counted_session = new.session then session_unchanged else 0 end,
        session_rejected = new.rejected
            + case when counted_session = new.session then session_rejected else 0 end,
        session_quarantined = new.quarantined
            + case when counted_session = new.session then session_quarantined else 0 end,
        counted_session = new.session
    where source = new.source;
end;

-- What was counted before. Index: sync_batch's primary key.
update sync_lease set
    source_received = (select coalesce(sum(b.received), 0) from sync_batch b
        where b.source = sync_lease.source),
    source_applied = (select coalesce(sum(b.applied), 0) from sync_batch b
        where b.source = sync_lease.source),
    source_unchanged = (select coalesce(sum(b.unchanged), 0) from sync_batch b
        where b.source = sync_lease.source),
    source_rejected = (select coalesce(sum(b.rejected), 0) from sync_batch b
        where b.source = sync_lease.source),
    source_quarantined = (select coalesce(sum(b.quarantined), 0) from sync_batch b
        where b.source = sync_lease.source),
    session_received = (select coalesce(sum(b.received), 0) from sync_batch b
        where b.source = sync_lease.source and b.session = sync_lease.session),
    session_applied = (select coalesce(sum(b.applied), 0) from sync_batch b
        where b.source = sync_lease.source and b.session = sync_lease.session),
    session_unchanged = (select coalesce(sum(b.unchanged), 0) from sync_batch b
        where b.source = sync_lease.source and b.session = sync_lease.session),
    session_rejected = (select coalesce(sum(b.rejected), 0) from sync_batch b
        where b.source = sync_lease.source and b.session = sync_lease.session),
    session_quarantined = (select coalesce(sum(b.quarantined), 0) from sync_batch b
        where b.source = sync_lease.source and b.session = sync_lease.session),
    counted_session = session;
