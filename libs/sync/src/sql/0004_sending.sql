-- What `model/checkpoint.rs` decides by.
-- Answers up to this sequence were made under other mappings.
alter table sync_lease add column mapped_after bigint not null default 0;
-- The highest sequence of which a client has shown that it has the answers.
alter table sync_lease add column heard bigint not null default 0;
-- How the session began: its mapping, where it resumes, the last sequence before its first batch.
alter table sync_lease add column opened_mapping text not null default '';
alter table sync_lease add column resumed_sequence bigint not null default 0;
alter table sync_lease add column resumed_position text not null default '';
alter table sync_lease add column began_at bigint not null default 0;
-- Records of batches that do not count.
alter table sync_lease add column source_sent_again bigint not null default 0;
-- 0 where the answers never reached a client, as far as one has shown, and the source has gone back:
-- the records came again, and count there.
alter table sync_batch add column counted bigint not null default 1;

update sync_lease set
    mapped_after = case when resend = 1 then sequence else 0 end,
    heard = sequence,
    opened_mapping = mapping_version,
    resumed_sequence = sequence,
    resumed_position = position,
    began_at = sequence;
