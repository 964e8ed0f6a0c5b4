create or replace function pricing.lock_rules(p_to_change boolean)
returns void
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_key constant bigint := hashtextextended('rules ' || auth.studio_id(), 0);
begin
    if p_to_change then
        perform pg_advisory_xact_lock(v_key);
    else
        perform pg_advisory_xact_lock_shared(v_key);
    end if;
end;
$$;
alter function pricing.lock_rules(boolean) owner to pricing;
comment on function pricing.lock_rules(boolean) is
$$Keep a studio's rules as they are until the end of the transaction.

To store prices made by them: any number of transactions at once. To change them: one alone, when
every price that is being stored is kept; its change holds from an instant after that. Whoever
stores a price thus sees every change that holds from before it began, and the price can be made
again. Taken after the lock of a family.$$;
