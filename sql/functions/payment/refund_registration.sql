create or replace function payment.refund_registration(
    p_registration_id bigint,
    p_payment_id bigint,
    p_transaction_id bigint,
    p_offline_payment_id bigint,
    p_amount_minor bigint,
    p_lines jsonb,
    p_reason text
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_registration enrollment.registrations;
    v_since timestamptz;
    v_lines jsonb;
    v_amount_minor bigint := p_amount_minor;
    v_left_minor bigint;
    v_part_minor bigint;
    v_reduction_minor bigint;
    v_lowers_minor bigint;
    v_source record;
    v_line record;
    v_sale payment.transactions;
    v_refund_id bigint;
    v_refund_ids bigint [] := array[]::bigint [];
begin
    v_registration := enrollment.lock_registration(p_registration_id);
    -- In the order of all acts: payments, then what is of them.
    perform
    from payment.payments as p
    where
        p.studio_id = v_studio_id
        and p.family_id = v_registration.family_id
        and p.registration_id = v_registration.id
    order by p.id
    for no key update;
    perform
    from payment.offline_payments as o
    where
        o.studio_id = v_studio_id
        and o.family_id = v_registration.family_id
        and o.registration_id = v_registration.id
    order by o.id
    for no key update;
    select c.confirmed_at into v_since
    from enrollment.confirmations as c
    where
        c.studio_id = v_studio_id
        and c.family_id = v_registration.family_id
        and c.registration_id = v_registration.id;
    if
        coalesce(v_since, v_registration.created_at)
        < now()
        - make_interval(days => (studio.settings_of(v_registration.term_id)).refund_days)
    then
        perform ops.fail(
            'refund_window_closed',
            jsonb_build_object(
                'days', (studio.settings_of(v_registration.term_id)).refund_days
            )
        );
    elsif jsonb_typeof(p_lines) <> 'null' then
        v_lines := payment.lines_to_refund(v_registration.id, p_lines);
        select sum(l.amount_minor)::bigint into v_part_minor
        from jsonb_to_recordset(v_lines) as l (amount_minor bigint);
        if v_amount_minor <> v_part_minor then
            perform ops.fail('refund_lines_invalid');
        end if;
        v_amount_minor := v_part_minor;
    end if;
    select
        least(
            greatest(payment.refundable_minor(v_registration.family_id, v_registration.id), 0),
            coalesce(sum(s.left_minor), 0)::bigint
        )
    into v_left_minor
    from payment.refundable_sources(
        v_registration.id, p_payment_id, p_transaction_id, p_offline_payment_id
    ) as s;
    if v_left_minor = 0 then
        perform ops.fail('nothing_to_refund');
    end if;
    v_amount_minor := coalesce(v_amount_minor, v_left_minor);
    if v_amount_minor not between 1 and v_left_minor then
        perform ops.fail(
            'refund_exceeds_paid', jsonb_build_object('left_minor', v_left_minor)
        );
    end if;
    -- What had been paid too much goes back first, and lowers no price.
    v_reduction_minor := case
        when v_registration.status in ('confirmed', 'partial')
            then greatest(
                v_amount_minor + least(
                    payment.balance_minor(v_registration.family_id, v_registration.id), 0
                ),
                0
            )
        else 0
    end;
    v_part_minor := v_amount_minor;
    for v_source in
        select s.transaction_id, s.offline_payment_id, s.left_minor
        from payment.refundable_sources(
            v_registration.id, p_payment_id, p_transaction_id, p_offline_payment_id
        ) as s
        order by s.number
    loop
        exit when v_part_minor = 0;
        v_left_minor := least(v_source.left_minor, v_part_minor);
        v_lowers_minor := greatest(v_reduction_minor - (v_part_minor - v_left_minor), 0);
        v_part_minor := v_part_minor - v_left_minor;
        v_reduction_minor := v_reduction_minor - v_lowers_minor;
        if v_source.transaction_id is not null then
            select t.* into strict v_sale
            from payment.transactions as t
            where t.studio_id = v_studio_id and t.id = v_source.transaction_id;
            v_refund_id := payment.open_refund(
                v_sale, v_left_minor, v_lowers_minor, 'staff', p_reason
            );
        else
            v_refund_id := payment.give_back_offline(
                v_source.offline_payment_id, v_left_minor, v_lowers_minor, p_reason
            );
        end if;
        v_refund_ids := v_refund_ids || v_refund_id;
        -- The lines are with the refunds in their order, as far as these reach.
        while v_left_minor > 0 and jsonb_array_length(v_lines) > 0
        loop
            select l.line_number, l.enrollment_id, l.amount_minor into strict v_line
            from jsonb_to_record(v_lines -> 0) as l (
                line_number smallint, enrollment_id bigint, amount_minor bigint
            );
            insert into payment.refund_lines (
                studio_id, family_id, refund_id, line_number, enrollment_id, amount_minor
            )
            values (
                v_studio_id, v_registration.family_id, v_refund_id, v_line.line_number,
                v_line.enrollment_id, least(v_line.amount_minor, v_left_minor)
            );
            if v_line.amount_minor <= v_left_minor then
                v_lines := v_lines - 0;
            else
                v_lines := jsonb_set(
                    v_lines, '{0,amount_minor}', to_jsonb(v_line.amount_minor - v_left_minor)
                );
            end if;
            v_left_minor := greatest(v_left_minor - v_line.amount_minor, 0);
        end loop;
    end loop;
    perform payment.follow_price(v_registration.id);
    -- Only now: whoever ends the registration with the last money sees all of it gone.
    perform payment.finish_refund(r.id, 'done')
    from payment.refunds as r
    where
        r.studio_id = v_studio_id
        and r.id = any(v_refund_ids)
        and r.kind = 'offline'
    order by r.id;
    return (
        select
            jsonb_build_object(
                'registration_id', v_registration.id,
                'amount_minor', v_amount_minor,
                'price_reduction_minor', sum(r.price_reduction_minor),
                'left_minor',
                greatest(
                    payment.refundable_minor(v_registration.family_id, v_registration.id), 0
                ),
                'refunds',
                jsonb_agg(
                    jsonb_build_object(
                        'refund_id', r.id,
                        'transaction_id', r.transaction_id,
                        'offline_payment_id', r.offline_payment_id,
                        'kind', r.kind,
                        'status', r.status,
                        'waits_for_settlement', r.waits_for_settlement,
                        'amount_minor', r.amount_minor
                    )
                    order by r.id
                )
            )
        from payment.refunds as r
        where r.studio_id = v_studio_id and r.id = any(v_refund_ids)
    );
end;
$$;
alter function payment.refund_registration(bigint, bigint, bigint, bigint, bigint, jsonb, text)
owner to payment;
comment on function payment.refund_registration(
    bigint, bigint, bigint, bigint, bigint, jsonb, text
) is
$$Give back money of a registration, in minor units, of one payment of it or of all.

Behind api.refund_payment(), whose comment names the errors. The caller has locked the family.$$;
