create or replace function payment.lock_ledger(p_to_close boolean)
returns boolean
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_key constant bigint := hashtextextended('ledger ' || auth.studio_id(), 0);
begin
    if p_to_close then
        -- Never in a queue: those who came later and post would wait behind it, maybe with
        -- something in hand that those who came earlier still need.
        return pg_try_advisory_xact_lock(v_key);
    end if;
    perform pg_advisory_xact_lock_shared(v_key);
    return true;
end;
$$;
alter function payment.lock_ledger(boolean) owner to payment;
comment on function payment.lock_ledger(boolean) is
$$Keep a studio's months as they are, open or closed, until the end of the transaction.

To post: any number of transactions at once. To close one: alone, and only if nobody posts at this
moment; else it answers false and nothing is locked. The last lock of every act.$$;
