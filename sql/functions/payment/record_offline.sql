create or replace function payment.record_offline(
    p_registration_id bigint,
    p_kind text,
    p_amount_minor bigint,
    p_reference text,
    p_received_on date,
    p_balance_due_on date default null,
    p_review_id bigint default null,
    p_installment_id bigint default null
)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_reference constant text
    := nullif(btrim(regexp_replace(p_reference, '\s+', ' ', 'g')), '');
    v_today constant date := studio.local_date(now());
    v_family_id bigint;
    v_registration enrollment.registrations;
    v_is_first boolean;
    v_due_minor bigint;
    v_most_minor bigint;
    v_payment_id bigint;
begin
    if
        coalesce(p_kind not in ('cash', 'check', 'ach', 'transfer'), true)
        or coalesce(p_amount_minor not between 1 and 99999999999, true)
        or length(v_reference) > 100
        or (p_kind = 'check' and v_reference is null)
    then
        perform ops.fail('payment_invalid');
    elsif p_received_on not between v_today - 366 and v_today then
        perform ops.fail('received_on_invalid');
    end if;
    select r.family_id into v_family_id
    from enrollment.registrations as r
    where r.studio_id = v_studio_id and r.id = p_registration_id;
    if not found then
        perform ops.fail('registration_not_found');
    end if;
    perform enrollment.lock_family(v_family_id);
    v_registration := enrollment.lock_registration(p_registration_id);
    v_is_first := v_registration.status in ('pending_payment', 'failed');
    if
        v_registration.status in ('cancelled', 'refunded')
        or (
            v_registration.status = 'failed'
            and v_registration.status_reason not in ('hold_lapsed', 'stuck')
        )
    then
        perform ops.fail('registration_closed');
    elsif
        exists (
            select
            from payment.payments as p
            where
                p.studio_id = v_studio_id
                and p.family_id = v_family_id
                and p.registration_id = v_registration.id
                and p.status = 'open'
        )
    then
        perform ops.fail('payment_under_way');
    end if;
    if p_installment_id is not null then
        -- Locked, and one that can be paid.
        perform payment.payable_installment(v_registration.id, p_installment_id);
    end if;
    if v_is_first then
        -- The first part of what is paid in parts; more pays later ones beforehand.
        select f.due_minor into strict v_due_minor
        from pricing.first_part(v_registration.quote_id) as f;
        v_most_minor := v_registration.total_minor;
    else
        v_due_minor := payment.balance_minor(v_family_id, v_registration.id);
        v_most_minor := v_due_minor;
    end if;
    if p_amount_minor > v_most_minor then
        perform ops.fail(
            'payment_exceeds_due', jsonb_build_object('due_minor', greatest(v_most_minor, 0))
        );
    elsif p_balance_due_on is not null then
        if not pg_has_role(auth.acting_role(), 'owner', 'member') then
            perform ops.fail('partial_not_allowed');
        elsif
            not v_is_first
            or p_amount_minor >= v_due_minor
            or p_balance_due_on not between v_today and v_today + 366
        then
            perform ops.fail('balance_due_on_invalid');
        end if;
    elsif v_is_first and p_amount_minor < v_due_minor then
        perform ops.fail('payment_below_due', jsonb_build_object('due_minor', v_due_minor));
    end if;
    insert into payment.offline_payments (
        studio_id, family_id, registration_id, installment_id, kind, amount_minor, currency,
        reference, received_on, recorded_by, review_id
    )
    values (
        v_studio_id, v_family_id, v_registration.id, p_installment_id, p_kind, p_amount_minor,
        studio.currency(), v_reference, p_received_on, auth.account_id(), p_review_id
    )
    returning id into strict v_payment_id;
    -- Whoever waits for the money confirms in this same transaction.
    perform ops.emit(
        'payment.recorded',
        v_payment_id,
        v_family_id,
        jsonb_build_object(
            'registration_id', v_registration.id,
            'installment_id', p_installment_id,
            'kind', p_kind,
            'amount_minor', p_amount_minor,
            'received_on', p_received_on,
            'balance_due_on', p_balance_due_on,
            'review_id', p_review_id
        )
    );
    return v_payment_id;
end;
$$;
alter function payment.record_offline(bigint, text, bigint, text, date, date, bigint, bigint)
owner to payment;
comment on function payment.record_offline(
    bigint, text, bigint, text, date, date, bigint, bigint
) is
$$Record money that came without a card, in minor units, with all that follows from it.

Behind api.record_payment() and api.review_payment() (p_review_id), whose comments name the errors.$$;
