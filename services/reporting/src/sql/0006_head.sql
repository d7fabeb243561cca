-- A hash over the number, by which one that was set by hand is known from one that the program has
-- given out: where that is beyond the inbox's last, events are gone. 0 where a program of before has
-- set it.
alter table inbox_head add column proof bigint not null default 0;
