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
    select
        coalesce(
            sum(
                greatest(payment.balance_minor(r.family_id, r.id), 0)
            ),
            0
        )::bigint
    into v_due_minor
    from enrollment.registrations as r
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
$$What a family still owes on confirmed registrations, in minor units.

Totals with what changes of enrollments and refunds did to them, less money with us: it counts from
its authorization, and what was voided, refunded or given back as a credit does not. For enrollment.$$;
