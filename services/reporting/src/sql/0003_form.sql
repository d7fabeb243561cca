-- The form of the projections' rows: that of the program that has projected them; see model/rows.rs.
alter table inbox_head add column form bigint not null default 1;
