create or replace function payment.balance_due_minor(p_family_id bigint)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_due_minor bigint;
begin
    -- Registration by registration: what is too much for one is no payment for another.
    select coalesce(sum(greatest(r.total_minor - m.paid_minor, 0)), 0)::bigint into v_due_minor
    from enrollment.registrations as r
    cross join lateral (
        select
            coalesce(
                sum(
                    case t.type when 'sale' then t.amount_minor else -t.amount_minor end
                ),
                0
            ) as paid_minor
        from payment.payments as p
        inner join payment.transactions as t
            on p.studio_id = t.studio_id and p.family_id = t.family_id and p.id = t.payment_id
        where
            p.studio_id = r.studio_id
            and p.family_id = r.family_id
            and p.registration_id = r.id
            and t.is_authorized
            and t.state in ('authorized', 'captured', 'settled', 'settlementDelayed')
            and (
                t.type = 'refund'
                or (
                    t.type = 'sale'
                    -- A void that was accepted counts before the sale itself says so.
                    and not exists (
                        select
                        from payment.transactions as v
                        where
                            v.studio_id = t.studio_id
                            and v.family_id = t.family_id
                            and v.payment_id = t.payment_id
                            and v.type = 'void'
                            and v.is_authorized
                            and v.parent_gateway_id = t.gateway_id
                    )
                )
            )
    ) as m
    where
        r.studio_id = v_studio_id
        and r.family_id = p_family_id
        and r.status in ('confirmed', 'partial');
    return v_due_minor;
end;
$$;
alter function payment.balance_due_minor(bigint) owner to payment;
grant execute on function payment.balance_due_minor(bigint) to enrollment;
comment on function payment.balance_due_minor(bigint) is
$$What a family still owes on confirmed registrations, in minor units: totals less money with us.

Money counts from its authorization; what was voided or refunded is owed again. For enrollment.$$;
