-- The sync session that a transaction belongs to; empty of any other.
alter table revision add column session text not null default '';
-- Finds what a session has written.
create index revision_session on revision (session, rev) where session <> '';
-- The revision up to which versions are dropped that others had taken the place of by then.
alter table feed add column history_floor bigint not null default 0;

-- The same as before, with the session that the transaction has named: a program of before names
-- none.
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
    insert into revision (rev, tx, last_seq, origin, actor, at, session)
    values (drawn, own, last, by_origin, by_actor,
            coalesce(fixed_time, (extract(epoch from clock_timestamp()) * 1000000)::bigint + shift),
            coalesce(current_setting('mpp.session', true), ''));
    return drawn;
end $$;
