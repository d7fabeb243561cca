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
