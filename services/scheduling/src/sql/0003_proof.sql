-- A hash over the whole record as it was written, by which an altered row is found when it is read
-- again; see mpp_core::proof. The copy starts again when the schema gets it, so none stays 0.
alter table upstream_record add column proof bigint not null default 0;
