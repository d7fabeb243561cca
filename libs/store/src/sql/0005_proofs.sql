-- A hash over the row as a program wrote it, and the version that it was written for: whoever alters
-- the row in the database does not alter these. Rows of before have none.
alter table record add column proof bigint not null default 0;
alter table record add column proof_version bigint not null default 0;
-- How many fields the contract had for the program that answered a request; 0 where it did not say.
alter table request add column fields_known bigint not null default 0;
