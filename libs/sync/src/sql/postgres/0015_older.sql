-- A program of before writes rows that have a hash without knowing of it. What it does with them is
-- told by these from what somebody does by hand.

-- It locks a source before each of its writes, and does not count that here.
alter table sync_lease add column sealed_locks bigint not null default 0;
-- 1 once it has: the sums of the source's rows are those of another program, and are made anew by
-- the next one that knows them.
alter table sync_lease add column unsealed bigint not null default 0;
create function sync_lease_lock() returns trigger language plpgsql as $$
begin
    new.unsealed := 1;
    return new;
end $$;
create trigger sync_lease_locked before update of source, until on sync_lease
    for each row when (new.sealed_locks = old.sealed_locks) execute function sync_lease_lock();

-- A record that it has tried again has a hash of before: it has none any more.
create function sync_waiting_try() returns trigger language plpgsql as $$
begin
    update sync_lease set waiting_sum = waiting_sum - old.proof where source = new.source;
    new.proof := 0;
    return new;
end $$;
create trigger sync_waiting_tried before update of tries on sync_waiting
    for each row when (new.tries <> old.tries and new.proof = old.proof and old.proof <> 0)
    execute function sync_waiting_try();
