-- SQLite's step: PostgreSQL takes no text that is none.
select 1;
