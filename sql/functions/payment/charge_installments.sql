create or replace function payment.charge_installments(p_as_of timestamptz)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_today constant date := studio.local_date(p_as_of);
    v_settings constant studio.settings := studio.settings_of();
    v_registration_ids bigint [];
    v_due_ids bigint [];
    v_cardless_ids bigint [];
    v_changed bigint := 0::bigint;
    v_count bigint;
begin
    -- Registrations come before their payments and parts; what is found now is judged again then.
    v_registration_ids := array(
        select i.registration_id
        from payment.installments as i
        where
            i.studio_id = v_studio_id
            and i.status in ('scheduled', 'overdue')
            and i.due_on <= v_today
            and (i.status = 'scheduled' or coalesce(i.next_attempt_on, v_today) <= v_today)
    );
    perform enrollment.lock_registrations(v_registration_ids);
    with late as (
        update payment.installments as i
        set status = 'overdue'
        from payment.payment_plans as l
        where
            i.studio_id = v_studio_id
            and i.registration_id = any(v_registration_ids)
            and i.status = 'scheduled'
            and i.due_on < v_today
            and i.studio_id = l.studio_id
            and i.family_id = l.family_id
            and i.registration_id = l.registration_id
        returning i.*, l.auto_pay
    )

    select count(*) into strict v_count
    from late as i
    cross join lateral ops.emit(
        'installment.overdue',
        i.id,
        i.family_id,
        jsonb_build_object(
            'registration_id', i.registration_id,
            'due_on', i.due_on,
            'amount_minor', i.amount_minor - i.paid_minor,
            'auto_pay', i.auto_pay
        )
    );
    v_changed := v_changed + v_count;
    if
        studio.local_time(p_as_of) < v_settings.charge_at
        or not studio.is_business_day(v_today)
    then
        return v_changed::integer;
    end if;
    -- Of each registration the part that was due first; no two payments of it are open at a time.
    select
        array_agg(d.id order by d.id) filter (where d.has_card),
        array_agg(d.id order by d.id) filter (where not d.has_card)
    into v_due_ids, v_cardless_ids
    from (
        select distinct on (i.registration_id)
            i.id,
            m.id is not null as has_card
        from payment.installments as i
        inner join payment.payment_plans as l
            on
                i.studio_id = l.studio_id
                and i.family_id = l.family_id
                and i.registration_id = l.registration_id
        left join payment.stored_methods as m
            on
                l.studio_id = m.studio_id
                and l.family_id = m.family_id
                and l.stored_method_id = m.id
                and m.status = 'active'
                and coalesce(m.expires_on >= v_today, true)
        where
            i.studio_id = v_studio_id
            and i.registration_id = any(v_registration_ids)
            and i.status in ('scheduled', 'overdue')
            and i.due_on <= v_today
            and coalesce(i.next_attempt_on, v_today) <= v_today
            and l.auto_pay
            and not exists (
                select
                from payment.payments as p
                where
                    p.studio_id = i.studio_id
                    and p.family_id = i.family_id
                    and p.registration_id = i.registration_id
                    and p.status = 'open'
            )
        order by i.registration_id, i.number
    ) as d;
    if v_due_ids is not null then
        v_changed := v_changed + payment.start_charges(v_due_ids, 'schedule');
    end if;
    -- Said once: the family by a message, staff by the summary.
    with cardless as (
        update payment.installments as i
        set last_error = 'card_needed', reported_on = null
        where
            i.studio_id = v_studio_id
            and i.id = any(v_cardless_ids)
            and i.last_error is distinct from 'card_needed'
        returning i.*
    )

    select count(*) into strict v_count
    from cardless as i
    cross join lateral ops.emit(
        'installment.card_needed',
        i.id,
        i.family_id,
        jsonb_build_object(
            'registration_id', i.registration_id,
            'due_on', i.due_on,
            'amount_minor', i.amount_minor - i.paid_minor
        )
    );
    return (v_changed + v_count)::integer;
end;
$$;
alter function payment.charge_installments(timestamptz) owner to payment;
comment on function payment.charge_installments(timestamptz) is
$$Charge the stored cards of installments that are due, and note those that are overdue.

From the setting charge_at on, by the studio's wall, on its business days; at most as often as the
setting charge_attempts, once a business day. Answers how much it changed. What runs twice, or in
two places at once, charges nothing twice: the registrations are locked, a part is charged by one
attempt at a time, and a registration has one open payment.$$;
