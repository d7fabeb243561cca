-- Kind and name of a record are plain text. SQLite takes any bytes, and whoever reads a record with
-- others fails on a name that is no text.
create trigger record_named before update of kind, name on record
    when typeof(new.kind) <> 'text' or new.kind glob '*[^ -~]*'
         or typeof(new.name) <> 'text' or new.name glob '*[^ -~]*'
         or length(new.name) <> length(cast(new.name as blob)) begin
    select raise(abort, 'the name of a record is plain text');
end;
create trigger record_entered before insert on record
    when typeof(new.kind) <> 'text' or new.kind glob '*[^ -~]*'
         or typeof(new.name) <> 'text' or new.name glob '*[^ -~]*'
         or length(new.name) <> length(cast(new.name as blob)) begin
    select raise(abort, 'the name of a record is plain text');
end;
