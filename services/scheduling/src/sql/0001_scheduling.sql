-- The copy of what the registry's feed said, as of the position that is saved with it.
create table upstream_record (
    feed text not null,
    kind text not null,
    name text not null,
    version bigint not null,
    doc bytea not null,
    primary key (feed, kind, name)
);

-- Names that begin with their mall's compare by bytes, so that the rows of one mall lie together in the
-- index that a name has anyway.

-- A slot, from its first booking on.
create table slot (
    name text collate "C" primary key,
    offering text not null,
    date text not null,
    start_at bigint not null,
    capacity bigint not null,
    offered bigint not null,
    booked bigint not null,
    constraint slot_never_oversold check (booked between 0 and capacity)
);
create index slot_by_day on slot (offering, date);

-- Bookings of an offering with a daily quota queue up here; the count itself is the sum of its slots.
create table offering_day (
    offering text not null,
    date text not null,
    quota bigint not null,
    primary key (offering, date)
);

-- The only table near personal data: keyed hashes, erased when the day is over. Never in the feed.
create table applicant (
    digest bytea primary key,
    key_id text not null,
    appointment text collate "C" not null,
    date text not null
);
create index applicant_by_appointment on applicant (appointment);
create index applicant_by_date on applicant (date);

-- What lets its holder see and cancel an appointment. Never in the feed.
create table appointment_code (
    appointment text collate "C" primary key,
    code text not null,
    date text not null
);
create index appointment_code_by_date on appointment_code (date);

create table queue_counter (
    mall text collate "C" not null,
    prefix text not null,
    date text not null,
    last bigint not null,
    primary key (mall, prefix, date)
);

-- state: 1 waiting, 2 called, 3 completed, as in the contract. Times are 0 until they happen.
create table ticket_queue (
    name text collate "C" primary key,
    counter text not null,
    date text not null,
    number text not null,
    seq bigint not null,
    class bigint not null,
    due_at bigint not null,
    state bigint not null,
    window_name text not null,
    appointment text not null,
    issued_at bigint not null,
    called_at bigint not null,
    completed_at bigint not null
);
create index ticket_waiting on ticket_queue (counter, date, class, due_at, seq) where state = 1;
create index ticket_by_day on ticket_queue (counter, date, state);
create index ticket_by_date on ticket_queue (date);
create unique index ticket_one_at_a_window on ticket_queue (window_name) where state = 2;
create unique index ticket_one_of_an_appointment on ticket_queue (appointment) where appointment <> '';
