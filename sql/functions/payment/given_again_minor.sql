create or replace function payment.given_again_minor(
    p_family_id bigint, p_term_id bigint, p_enrollment_id bigint, p_price_minor bigint
)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_reduction_minor bigint;
    v_cost_minor bigint;
    v_of_others_minor bigint;
begin
    select
        coalesce(sum(x.reduction_minor), 0)::bigint,
        coalesce(
            sum(
                r.total_minor + c.price_change_minor - x.reduction_minor
                + pricing.credit_used(r.family_id, r.id)
            ),
            0
        )::bigint
    into v_reduction_minor, v_cost_minor
    from enrollment.registrations as r
    cross join lateral enrollment.price_change_minor(r.family_id, r.id) as c
    cross join lateral payment.price_reduction_minor(r.family_id, r.id) as x (reduction_minor)
    where
        r.studio_id = auth.studio_id()
        and r.family_id = p_family_id
        and r.term_id = p_term_id
        and r.status in ('confirmed', 'partial');
    if v_reduction_minor = 0 then
        return 0::bigint;
    end if;
    select coalesce(sum(l.amount_minor), 0)::bigint into v_of_others_minor
    from payment.refund_lines as l
    inner join payment.refunds as r
        on
            l.studio_id = r.studio_id
            and l.family_id = r.family_id
            and l.refund_id = r.id
    inner join enrollment.enrollments as e
        on l.studio_id = e.studio_id and l.enrollment_id = e.id
    where
        l.studio_id = auth.studio_id()
        and l.family_id = p_family_id
        and l.enrollment_id <> p_enrollment_id
        and r.status <> 'failed'
        and e.status = 'confirmed';
    return greatest(
        least(v_reduction_minor - v_of_others_minor, p_price_minor - v_cost_minor), 0
    );
end;
$$;
alter function payment.given_again_minor(bigint, bigint, bigint, bigint) owner to payment;
grant execute on function payment.given_again_minor(bigint, bigint, bigint, bigint) to enrollment;
comment on function payment.given_again_minor(bigint, bigint, bigint, bigint) is
$$How much of what an enrollment costs less when it ends was refunded already, in minor units.

What was refunded of the term and not of another enrollment by name, as far as the term still costs
less by it than its price (p_price_minor). For enrollment, so that nothing is given back twice.$$;
