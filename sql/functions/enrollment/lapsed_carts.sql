create or replace function enrollment.lapsed_carts(p_as_of timestamptz)
returns setof enrollment.carts
language sql
stable
as $$
    select c.*
    from enrollment.carts as c
    where c.hold_expires_at is not null and c.hold_expires_at <= p_as_of
$$;
alter function enrollment.lapsed_carts(timestamptz) owner to enrollment;
comment on function enrollment.lapsed_carts(timestamptz) is
$$The carts whose seats are kept no longer at an instant, where they are held from the cart.

A lapsed hold blocks nobody. Inlined into its callers, so it has no SET clause.$$;
