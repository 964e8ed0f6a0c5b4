-- The studio that is measured: catalogue and prices of a school like the demo's, of invented size.
-- Run by an operator as role deploy. Settings of the transaction:
--   bench.families: how many families quote and check out
--   bench.claims: how many families want the one section of the rush

insert into studio.studios (slug, name, timezone, currency)
values ('bench', 'Bench Studio', 'America/New_York', 'USD');

do $$
declare
    v_studio_id constant integer := (select s.id from studio.studios as s where s.slug = 'bench');
    -- A Monday some two months from now, so that registration is open.
    v_starts_on constant date
    := (date_trunc('week', now() at time zone 'UTC') + interval '9 weeks')::date;
    v_ends_on constant date := v_starts_on + 145;
    v_term_id bigint;
    v_location_id bigint;
    v_owner_id bigint;
    v_tier_id bigint;
    v_section record;
begin
    perform auth.enter_studio(v_studio_id);
    insert into studio.settings (
        studio_id, hold_minutes, payment_minutes, final_answer_seconds, rate_step_basis,
        token_minutes, sign_in_attempts, sign_in_window_minutes, password_min_length,
        password_hash_cost, call_attempts, call_lease_seconds, call_courier_delay_seconds,
        message_attempts, message_lease_seconds, coupon_attempts, coupon_window_minutes,
        family_discount_later, tuition_proration, balance_days, hold_starts_at, waitlist_on_lapse,
        waitlist_on_cancel, waitlist_on_refund, waitlist_on_capacity, offer_hours,
        offer_reminder_hours, offer_stop_hours, stuck_hours, staff_hold_minutes,
        news_due_minutes, late_money, charge_at, charge_attempts, charge_summary_at,
        review_attempts, review_hours, refund_days, refund_reason_length, settlement_days,
        alert_mails, alert_minutes, escalation_failures, escalation_minutes, payment_stuck_minutes
    )
    values (
        v_studio_id, 1440, 10, 120, 'distinct_weekdays', 720, 10, 15, 10, 10, 8, 60, 3, 8, 60, 10,
        15, true, 'none', 30, 'checkout', 'automatic', 'automatic', 'reserve', 'automatic', 24,
        6, 72, 24, 60, 5, 'retake', '06:00', 3, '09:00', 3, 72, 180, 10, 3, 3, 10, 3, 60, 60
    );
    insert into studio.locations (studio_id, name, address)
    values (v_studio_id, 'Main Hall', '1 Bench Street, New York, NY')
    returning id into v_location_id;
    insert into catalog.terms (
        studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at, status
    )
    values (
        v_studio_id, 'Spring', v_starts_on, v_ends_on, now() - interval '1 day',
        now() + interval '28 days', 'published'
    )
    returning id into v_term_id;
    insert into catalog.divisions (studio_id, code, name, rank, mixes)
    values
    (v_studio_id, 'early_childhood', 'Early Childhood', 1, false),
    (v_studio_id, 'junior', 'Junior', 2, true),
    (v_studio_id, 'senior', 'Senior', 3, true);
    insert into catalog.programs (studio_id, code, name, plan_fee_waived)
    values
    (v_studio_id, 'technique', 'Technique', true),
    (v_studio_id, 'pointe', 'Pointe', true);
    insert into pricing.program_prices (studio_id, term_id, program_id, amount_minor)
    select g.studio_id, v_term_id, g.id, 71678
    from catalog.programs as g
    where g.studio_id = v_studio_id;
    insert into pricing.rates (studio_id, term_id, division_id, weekly_count, amount_minor)
    select d.studio_id, v_term_id, d.id, n.weekly_count, n.weekly_count * 75000
    from catalog.divisions as d
    cross join generate_series(1, 6) as n (weekly_count)
    where d.studio_id = v_studio_id;
    insert into pricing.fee_rules (
        studio_id, term_id, code, label, unit, amount_minor, charged_modes, division_id,
        division_of, position, discountable
    )
    select
        v_studio_id, v_term_id, f.code, f.label, f.unit, f.amount_minor, f.charged_modes, d.id,
        f.division_of, f.position, f.code <> 'registration'
    from (
        values
        ('costume_senior', 'Costume', 'class', 6500, '{standard}'::text [], 'senior', 'class', 1),
        ('costume_junior', 'Costume', 'class', 5500, '{standard}', 'junior', 'class', 2),
        ('video', 'Recital video', 'student', 1500, '{standard}', 'senior', 'student', 3),
        ('registration', 'Registration', 'student', 4000, '{standard,tiered}', null, null, 4)
    ) as f (code, label, unit, amount_minor, charged_modes, division, division_of, position)
    left join catalog.divisions as d on d.studio_id = v_studio_id and f.division = d.code;
    insert into pricing.payment_plans (
        studio_id, term_id, kind, code, label, installments, auto_pay, fee_per_installment_minor,
        accepts_checkout
    )
    values
    (v_studio_id, v_term_id, 'full', 'full', 'Pay in full', 1, false, 0, true),
    (v_studio_id, v_term_id, 'monthly', 'monthly', 'Auto-pay monthly', 5, true, 500, false);
    insert into pricing.family_discounts (studio_id, term_id, min_students, amount_minor)
    values (v_studio_id, v_term_id, 2, 5000);

    insert into pricing.discounts (
        studio_id, term_id, code, label, category, threshold, recipients, kind, percent_bp,
        amount_minor, available_until, position
    )
    values
    (
        v_studio_id, v_term_id, 'early', 'Early registration', 'unconditional', null, null,
        'percent', 300, null, now() + interval '14 days', 1
    ),
    (
        v_studio_id, v_term_id, 'two_classes', 'Two classes a week', 'weekly_classes', 2,
        'reaching_and_later', 'percent', 500, null, null, 2
    ),
    (
        v_studio_id, v_term_id, 'sibling', 'Sibling', 'students_in_family', 2,
        'reaching_and_later', 'flat', null, 1000, null, 3
    );
    insert into pricing.coupons (studio_id, term_id, key, name, code, kind, percent_bp)
    values (v_studio_id, v_term_id, 'welcome', 'Welcome', 'WELCOME', 'percent', 1000);

    -- What families check out: five classes of 20 places for each 20 families. Families come in
    -- the order of their numbers to eight such fives at once, as many sections as a school has.
    -- What some only look at: a camp with tiers, a class that is sold by date. What the rush is
    -- for: one section that all want, and others of the same kind beside it.
    create temporary table bench_sections on commit drop as
    select
        format('%s %s', x.title, n.number) as title,
        x.discipline,
        x.division,
        x.program,
        x.price_mode,
        x.weekday::smallint as weekday,
        x.starts_at::time as starts_at,
        20 as capacity
    from (
        values
        ('Ballet', 'ballet', 'senior', null, 'standard', 2, '16:30'),
        ('Contemporary', 'contemporary', 'senior', null, 'standard', 3, '16:30'),
        ('Technique', 'technique', null, 'technique', 'program', 5, '16:30'),
        ('Hip-Hop', 'hip hop', 'junior', null, 'standard', 1, '17:00'),
        ('Tap', 'tap', 'junior', null, 'standard', 3, '17:00'),
        ('Camp', 'ballet', null, null, 'tiered', 4, '17:00'),
        ('Open class', 'hip hop', null, null, 'drop_in', 2, '18:00')
    ) as x (title, discipline, division, program, price_mode, weekday, starts_at)
    cross join generate_series(
        0, (current_setting('bench.families')::integer / 160 + 1) * 8 - 1
    ) as n (number)
    union all
    select
        concat_ws(' ', 'Rush', n.number), 'ballet', 'junior', null, 'standard', 6, '10:00',
        -- All come to the section without a number, or an equal part to each other one.
        current_setting('bench.claims')::integer
        / case when n.number is null then 1 else 40 end + 1
    from (
        select null as number
        union all
        select generate_series(0, 39)
    ) as n;
    insert into catalog.classes (
        studio_id, term_id, title, discipline, price_mode, division_id, program_id
    )
    select
        v_studio_id, v_term_id, x.title, x.discipline, x.price_mode, d.id, g.id
    from bench_sections as x
    left join catalog.divisions as d on d.studio_id = v_studio_id and x.division = d.code
    left join catalog.programs as g on g.studio_id = v_studio_id and x.program = g.code
    order by x.title;
    insert into catalog.sections (
        studio_id, term_id, class_id, price_mode, location_id, name, starts_on, ends_on, capacity
    )
    select
        v_studio_id, v_term_id, k.id, k.price_mode, v_location_id, 'Section 1', v_starts_on,
        v_ends_on, x.capacity
    from bench_sections as x
    inner join catalog.classes as k on k.studio_id = v_studio_id and x.title = k.title;
    insert into catalog.section_times (studio_id, section_id, weekday, starts_at, ends_at)
    select v_studio_id, s.id, x.weekday, x.starts_at, x.starts_at + interval '1 hour'
    from bench_sections as x
    inner join catalog.classes as k on k.studio_id = v_studio_id and x.title = k.title
    inner join catalog.sections as s on s.studio_id = v_studio_id and k.id = s.class_id;
    perform catalog.generate_meetings(s.id) from catalog.sections as s
    where s.studio_id = v_studio_id;
    insert into identity.accounts (email, full_name)
    values ('owner@bench.example', 'Owner')
    returning id into v_owner_id;
    insert into pricing.class_prices (studio_id, class_id, amount_minor, reason, set_by)
    select v_studio_id, k.id, 70000, 'One price for all', v_owner_id from catalog.classes as k
    where k.studio_id = v_studio_id and k.title = 'Rush';
    for v_section in
        select s.id, s.price_mode, k.discipline from catalog.sections as s
        inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
        where s.studio_id = v_studio_id and k.title not like 'Rush%'
    loop
        insert into pricing.add_ons (
            studio_id, section_id, code, name, amount_minor, required, position
        )
        select v_studio_id, v_section.id, a.code, a.name, a.amount_minor, a.required, a.position
        from (
            values
            ('ballet', 'standard', 'tights', 'Tights', 1800, true, 1),
            ('tap', 'standard', 'shoes', 'Shoes, lent', 2500, false, 2)
        ) as a (discipline, price_mode, code, name, amount_minor, required, position)
        where
            a.discipline = v_section.discipline and a.price_mode = v_section.price_mode;
        if v_section.price_mode = 'tiered' then
            insert into catalog.section_tiers (
                studio_id, section_id, code, name, starts_at, ends_at, position
            )
            values (v_studio_id, v_section.id, 'all', 'All of it', '17:00', '18:00', 1)
            returning id into v_tier_id;
            insert into pricing.tier_prices (studio_id, section_id, tier_id, amount_minor)
            values (v_studio_id, v_section.id, v_tier_id, 30000);
        elsif v_section.price_mode = 'drop_in' then
            insert into pricing.date_prices (studio_id, section_id, held_on, amount_minor)
            select v_studio_id, m.section_id, m.held_on, 2500 from catalog.meetings as m
            where m.studio_id = v_studio_id and m.section_id = v_section.id;
        end if;
    end loop;
end;
$$;
