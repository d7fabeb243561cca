-- In the order in which bookings lock, so that none of them and this step wait for each other.
lock table applicant, offering_day, slot, appointment_code, queue_counter, ticket_queue
    in share row exclusive mode;

-- A program of before knows of no seal: the slot that it has booked and planned anew bears none any
-- more. Who alters its numbers by hand books nothing.
create function slot_unsealed() returns trigger language plpgsql as $$
begin
    new.seal := 0;
    return new;
end $$;
create trigger slot_booked before update of booked on slot
    for each row when (new.booked = old.booked + 1 and new.seal = old.seal and old.seal <> 0
                       and new.seal <> new.capacity * 2147483648 + new.offered)
    execute function slot_unsealed();

-- What is of one mall, whose name all these begin with: so that it is compared without the others'.
-- SQLite's own keys compare by bytes.
create index slot_of_mall on slot (name collate "C");
create index applicant_of_mall on applicant (appointment collate "C");
create index appointment_code_of_mall on appointment_code (appointment collate "C");
create index queue_counter_of_mall on queue_counter (mall collate "C");
create index ticket_of_mall on ticket_queue (name collate "C");
