-- Capacity and offered once more, in one number, as the booking that set them has written it:
-- capacity * 2^31 + offered. Whoever sets one of them by hand does not set this, and from it they are
-- set right. 0 where a program of before has written the row.
alter table slot add column seal bigint not null default 0;
