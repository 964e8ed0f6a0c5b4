create or replace function payment.price_reduction_minor(
    p_family_id bigint, p_registration_id bigint
)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select coalesce(sum(r.price_reduction_minor), 0)::bigint
        from payment.refunds as r
        where
            r.studio_id = auth.studio_id()
            and r.family_id = p_family_id
            and r.registration_id = p_registration_id
            and r.status <> 'failed'
    );
end;
$$;
alter function payment.price_reduction_minor(bigint, bigint) owner to payment;
grant execute on function payment.price_reduction_minor(bigint, bigint) to enrollment;
comment on function payment.price_reduction_minor(bigint, bigint) is
$$By how much refunds lower what a registration costs, in minor units.

Nobody owes what was refunded. What is on its way counts, what failed does not. For enrollment.$$;
