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
    v_today constant date := studio.local_date(now());
    v_due_minor bigint;
begin
    -- Registration by registration: what is too much for one is no payment for another.
    select
        coalesce(
            sum(
                case
                    -- Parts that are yet to come are no debt.
                    when p.id is not null then (
                        select coalesce(sum(i.amount_minor - i.paid_minor), 0)
                        from payment.installments as i
                        where
                            i.studio_id = r.studio_id
                            and i.family_id = r.family_id
                            and i.registration_id = r.id
                            and (i.status = 'failed' or i.due_on < v_today)
                    )
                    else greatest(payment.balance_minor(r.family_id, r.id), 0)
                end
            ),
            0
        )::bigint
    into v_due_minor
    from enrollment.registrations as r
    left join payment.payment_plans as p
        on
            r.studio_id = p.studio_id
            and r.family_id = p.family_id
            and r.id = p.registration_id
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
$$What a family should have paid by now on confirmed registrations and has not, in minor units.

Of one that is paid in parts, those whose day has passed, or that could not be charged; of others
all that is owed (payment.balance_minor). For enrollment.$$;
