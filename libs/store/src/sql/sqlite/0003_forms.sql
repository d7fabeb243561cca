-- In which form of its kind a record is written: it grows as the kind's message gains fields.
alter table record add column form bigint not null default 1;

-- No write takes a record back to an older form, whose fields are fewer, not even one by hand.
create trigger record_form before update on record when new.form < old.form begin
    select raise(abort, 'newer form');
end;
