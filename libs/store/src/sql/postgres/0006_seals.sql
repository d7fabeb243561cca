-- 1 where a program has written the row that proves whatever it writes, deletions too: a row whose
-- proof is missing, or of another version, was then altered. Rows of before have 0.
alter table record add column sealed bigint not null default 0;

-- A program that knows no proof of a deletion leaves such rows to one that does.
create trigger record_sealed before update on record
    for each row when (old.sealed = 1 and old.deleted = 0 and new.deleted = 1
                       and new.version = old.version + 1
                       and new.proof_version = old.proof_version)
    execute function record_form();

-- The same as before, and never with a number that was given out, wherever the sequence stands.
create or replace function feed_begin() returns bigint language plpgsql as $$
declare
    drawn bigint := nextval('tx_number');
begin
    if exists (select 1 from revision where tx = drawn) then
        perform setval('tx_number', (select max(tx) from revision));
        drawn := nextval('tx_number');
    end if;
    return set_config('mpp.tx', drawn::text, true)::bigint;
end $$;

-- The same as before, and never below a revision that there is, wherever the sequence stands: a
-- follower that has passed it would never hear of the new one.
create or replace function feed_commit(fixed_time bigint, shift bigint, by_origin text, by_actor text)
returns bigint language plpgsql as $$
declare
    own bigint := current_setting('mpp.tx')::bigint;
    last bigint;
    newest bigint;
    drawn bigint;
begin
    select max(seq) into last from change where tx = own;
    if last is null then
        return (select greatest(floor, (select max(rev) from revision)) from feed);
    end if;
    perform pg_advisory_xact_lock(5213001);
    select max(rev) into newest from revision;
    drawn := nextval('revision_number');
    if drawn <= newest then
        drawn := setval('revision_number', newest + 1);
    end if;
    insert into revision (rev, tx, last_seq, origin, actor, at)
    values (drawn, own, last, by_origin, by_actor,
            coalesce(fixed_time, (extract(epoch from clock_timestamp()) * 1000000)::bigint + shift));
    return drawn;
end $$;
