-- Counts how often a feed was heard of: time may stand still or be set back, this does not.
alter table feed_state add column beats bigint not null default 0;
