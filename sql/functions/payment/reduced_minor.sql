create or replace function payment.reduced_minor(p_family_id bigint, p_enrollment_id bigint)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select coalesce(sum(l.amount_minor), 0)::bigint
        from payment.refund_lines as l
        inner join payment.refunds as r
            on
                l.studio_id = r.studio_id
                and l.family_id = r.family_id
                and l.refund_id = r.id
        where
            l.studio_id = auth.studio_id()
            and l.family_id = p_family_id
            and l.enrollment_id = p_enrollment_id
            and r.status <> 'failed'
    );
end;
$$;
alter function payment.reduced_minor(bigint, bigint) owner to payment;
grant execute on function payment.reduced_minor(bigint, bigint) to enrollment;
comment on function payment.reduced_minor(bigint, bigint) is
$$What was refunded of one enrollment by name, in minor units: ending it gives back so much less.

For enrollment.$$;
