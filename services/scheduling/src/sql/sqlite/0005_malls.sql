-- A program of before knows of no seal: the slot that it has booked and planned anew bears none any
-- more. Who alters its numbers by hand books nothing.
create trigger slot_booked after update of booked on slot
    when new.booked = old.booked + 1 and new.seal = old.seal and old.seal <> 0
         and new.seal <> new.capacity * 2147483648 + new.offered begin
    update slot set seal = 0 where name = new.name;
end;
