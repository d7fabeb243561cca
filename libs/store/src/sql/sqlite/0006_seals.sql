-- 1 where a program has written the row that proves whatever it writes, deletions too: a row whose
-- proof is missing, or of another version, was then altered. Rows of before have 0.
alter table record add column sealed bigint not null default 0;

-- A program that knows no proof of a deletion leaves such rows to one that does.
create trigger record_sealed before update on record
    when old.sealed = 1 and old.deleted = 0 and new.deleted = 1 and new.version = old.version + 1
         and new.proof_version = old.proof_version
begin
    select raise(abort, 'newer form');
end;
