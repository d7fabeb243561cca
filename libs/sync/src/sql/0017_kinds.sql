-- The forms in which the client of the session writes kinds beside the one of column form, such as
-- "counter=3 mall=3": none for a kind means 1. They are of the session with this fencing token, since
-- a program of before opens others without them.
alter table sync_lease add column forms text not null default '';
alter table sync_lease add column forms_of bigint not null default 0;
