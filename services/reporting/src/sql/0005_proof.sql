-- A hash over the event as it was appended: whoever alters the row in the database does not alter
-- it. Events of before have none.
alter table inbox add column proof bigint;
