create or replace function enrollment.lock_family(p_family_id bigint)
returns void
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform pg_advisory_xact_lock(
        hashtextextended('family ' || auth.studio_id() || ' ' || p_family_id, 0)
    );
end;
$$;
alter function enrollment.lock_family(bigint) owner to enrollment;
grant execute on function enrollment.lock_family(bigint) to pricing;
grant execute on function enrollment.lock_family(bigint) to payment;
comment on function enrollment.lock_family(bigint) is
$$Let one act at a time change a family's carts, prices and registrations.

The first lock of every such act; the order is family, registrations by id, awards, coupons
and credits, places by section.$$;
