-- The demo studio "aydt" and a second one, "elmst", so that one can see that nothing crosses.
-- Run by an operator as role deploy, in one transaction; does nothing where the studios exist.
-- Rates, programs and fees are a real school's published figures for a year; names are invented.

create temporary table seed_studios (
    slug text, name text, timezone text, starts_on date, password_hash_cost integer
) on commit drop;
-- The term begins on a Monday some two months from now, so that its registration is open.
insert into seed_studios
select v.slug, v.name, v.timezone, m.starts_on, 10
from (
    values
    ('aydt', 'Academy of Young Dancers', 'America/New_York'),
    ('elmst', 'Elm Street Studio', 'America/Chicago')
) as v (slug, name, timezone)
cross join (
    select (date_trunc('week', now() at time zone 'UTC') + interval '9 weeks')::date as starts_on
) as m
where not exists (select from studio.studios as s where s.slug = v.slug);

insert into studio.studios (slug, name, timezone, currency)
select s.slug, s.name, s.timezone, 'USD' from seed_studios as s order by s.slug;

create temporary table seed_divisions (
    slug text,
    code text,
    name text,
    rank smallint,
    mixes boolean,
    auto_pay_offered boolean,
    lowest_grade smallint,
    highest_grade smallint
) on commit drop;
insert into seed_divisions values
('aydt', 'early_childhood', 'Early Childhood', 1, false, false, -3, -2),
('aydt', 'junior', 'Junior', 2, true, true, -1, 3),
('aydt', 'senior', 'Senior', 3, true, true, 4, 12),
('elmst', 'open', 'Open', 1, true, true, null, null);

create temporary table seed_programs (
    slug text, code text, name text, amount_minor bigint, plan_fee_waived boolean
) on commit drop;
insert into seed_programs values
('aydt', 'technique', 'Technique', 71678, true),
('aydt', 'pre_pointe', 'Pre-Pointe', 45763, true),
('aydt', 'pointe', 'Pointe', 51749, true),
('aydt', 'competition_junior', 'Competition Team, Junior', 84261, true),
('aydt', 'competition_senior', 'Competition Team, Senior', 80294, true);

create temporary table seed_rates (
    slug text, division text, weekly_count smallint, amount_minor bigint
) on commit drop;
insert into seed_rates values
('aydt', 'junior', 1, 77593),
('aydt', 'junior', 2, 151306),
('aydt', 'junior', 3, 221139),
('aydt', 'senior', 1, 79643),
('aydt', 'senior', 2, 155304),
('aydt', 'senior', 3, 226983),
('aydt', 'senior', 4, 294680),
('aydt', 'senior', 5, 358394),
('aydt', 'senior', 6, 418126),
('aydt', 'early_childhood', 1, 39411),
('elmst', 'open', 1, 50000),
('elmst', 'open', 2, 95000);

create temporary table seed_fees (
    slug text,
    code text,
    label text,
    unit text,
    amount_minor bigint,
    charged_modes text [],
    division text,
    division_of text,
    position smallint
) on commit drop;
insert into seed_fees values
('aydt', 'costume_senior', 'Costume', 'class', 6500, '{standard}', 'senior', 'class', 1),
('aydt', 'costume_junior', 'Costume', 'class', 5500, '{standard}', 'junior', 'class', 2),
('aydt', 'video', 'Recital video', 'student', 1500, '{standard}', 'senior', 'student', 3),
('aydt', 'registration', 'Registration', 'student', 4000, '{standard,tiered}', null, null, 4),
('elmst', 'registration', 'Registration', 'student', 2500, '{standard}', null, null, 1);

-- One row a section. half: first or second nine weeks of the term; null: all of it.
create temporary table seed_sections (
    slug text,
    title text,
    discipline text,
    division text,
    program text,
    location text,
    weekdays smallint [],
    starts_at time,
    ends_at time,
    capacity integer,
    half integer
) on commit drop;
insert into seed_sections values
('aydt', 'Ballet 4', 'ballet', 'senior', null, 'Uptown', '{2}', '16:30', '18:00', 14, null),
('aydt', 'Ballet 4', 'ballet', 'senior', null, 'Downtown', '{6}', '10:00', '11:30', 12, null),
('aydt', 'Ballet 3', 'ballet', 'junior', null, 'Uptown', '{1}', '15:45', '16:45', 14, null),
('aydt', 'Ballet 2', 'ballet', 'junior', null, 'Uptown', '{3}', '15:45', '16:45', 14, null),
('aydt', 'Ballet 2', 'ballet', 'junior', null, 'Downtown', '{6}', '09:00', '10:00', 12, null),
('aydt', 'Ballet 1A', 'ballet', 'junior', null, 'Uptown', '{2}', '15:30', '16:30', 14, null),
('aydt', 'Ballet 1B', 'ballet', 'junior', null, 'Uptown', '{4}', '15:30', '16:30', 14, null),
('aydt', 'Graded Ballet 5', 'ballet', 'senior', null, 'Uptown', '{1,3,5}', '18:00', '19:30', 14, null),
('aydt', 'Open Ballet 3', 'ballet', 'senior', null, 'Uptown', '{3}', '19:30', '21:00', 16, null),
('aydt', 'Open Ballet 4', 'ballet', 'senior', null, 'Uptown', '{4}', '19:30', '21:00', 16, null),
('aydt', 'Open Ballet 5', 'ballet', 'senior', null, 'Uptown', '{2}', '19:30', '21:00', 16, null),
('aydt', 'Open Intermediate Ballet', 'ballet', 'senior', null, 'Uptown', '{1}', '19:30', '21:00', 16, null),
('aydt', 'Advanced Intermediate Ballet', 'ballet', 'senior', null, 'Uptown', '{5}', '19:30', '21:00', 16, null),
('aydt', 'Contemporary 1', 'contemporary', 'senior', null, 'Uptown', '{3}', '16:30', '17:45', 14, null),
('aydt', 'Contemporary 2', 'contemporary', 'senior', null, 'Uptown', '{1}', '16:30', '17:45', 14, null),
('aydt', 'Jazz 3', 'jazz', 'senior', null, 'Uptown', '{4}', '16:30', '17:45', 14, null),
('aydt', 'Jazz 2', 'jazz', 'junior', null, 'Uptown', '{5}', '15:45', '16:45', 14, null),
('aydt', 'Jazz 1', 'jazz', 'junior', null, 'Downtown', '{6}', '11:30', '12:30', 12, null),
('aydt', 'Broadway 3', 'broadway', 'junior', null, 'Uptown', '{4}', '16:45', '17:45', 14, null),
('aydt', 'Broadway 4', 'broadway', 'senior', null, 'Uptown', '{2}', '18:15', '19:15', 14, null),
('aydt', 'Broadway 5', 'broadway', 'senior', null, 'Uptown', '{4}', '18:15', '19:15', 12, null),
('aydt', 'Tap Intro', 'tap', 'junior', null, 'Uptown', '{1}', '14:45', '15:30', 12, null),
('aydt', 'Tap 2', 'tap', 'junior', null, 'Uptown', '{3}', '17:00', '18:00', 12, null),
('aydt', 'Tap 3', 'tap', 'junior', null, 'Uptown', '{5}', '17:00', '18:00', 12, null),
('aydt', 'Advanced Tap', 'tap', 'senior', null, 'Uptown', '{3}', '19:45', '20:45', 12, null),
('aydt', 'Hip-Hop Intro', 'hip hop', 'junior', null, 'Uptown', '{5}', '14:45', '15:30', 12, null),
('aydt', 'Hip-Hop 2', 'hip hop', 'junior', null, 'Uptown', '{1}', '17:00', '18:00', 12, null),
('aydt', 'Hip-Hop 3', 'hip hop', 'junior', null, 'Downtown', '{3}', '16:00', '17:00', 12, null),
('aydt', 'Intermediate Hip-Hop', 'hip hop', 'senior', null, 'Uptown', '{5}', '18:15', '19:15', 14, null),
('aydt', 'Boys Breakdance 1', 'hip hop', 'junior', null, 'Downtown', '{2}', '16:00', '17:00', 12, null),
('aydt', 'Boys Breakdance 2', 'hip hop', 'junior', null, 'Downtown', '{4}', '16:00', '17:00', 12, null),
('aydt', 'Technique 1', 'technique', null, 'technique', 'Uptown', '{5}', '16:30', '18:00', 14, null),
('aydt', 'Technique 2', 'technique', null, 'technique', 'Uptown', '{2}', '18:00', '19:30', 14, null),
('aydt', 'Technique 3', 'technique', null, 'technique', 'Uptown', '{6}', '12:00', '13:30', 14, null),
('aydt', 'Pre-Pointe', 'pointe', null, 'pre_pointe', 'Uptown', '{1,3}', '19:30', '20:00', 10, null),
('aydt', 'Pointe', 'pointe', null, 'pointe', 'Uptown', '{1,3}', '20:00', '20:45', 10, null),
-- Right after Graded Ballet 5: touching times are no clash.
('aydt', 'Intermediate Advanced Pointe', 'pointe', null, 'pointe', 'Uptown', '{1,3}', '19:30', '20:15', 10, null),
('aydt', 'Competition Team Junior', 'competition', null, 'competition_junior', 'Uptown', '{6}', '14:00', '16:00', 16, null),
('aydt', 'Competition Team Senior', 'competition', null, 'competition_senior', 'Uptown', '{6}', '16:00', '18:30', 16, null),
('aydt', 'Dance with Me', 'early childhood', 'early_childhood', null, 'Uptown', '{2}', '09:30', '10:15', 8, 1),
('aydt', 'Dance with Me', 'early childhood', 'early_childhood', null, 'Uptown', '{2}', '09:30', '10:15', 8, 2),
('aydt', 'First Steps', 'early childhood', 'early_childhood', null, 'Downtown', '{6}', '09:00', '09:45', 8, 1),
('aydt', 'First Steps', 'early childhood', 'early_childhood', null, 'Downtown', '{6}', '09:00', '09:45', 8, 2),
('aydt', 'Pre-Ballet 1', 'ballet', 'early_childhood', null, 'Uptown', '{4}', '14:45', '15:30', 10, 1),
('aydt', 'Pre-Ballet 1', 'ballet', 'early_childhood', null, 'Uptown', '{4}', '14:45', '15:30', 10, 2),
('aydt', 'Spring Dance Camp', 'camp', null, null, 'Uptown', '{1,2,3,4,5}', '09:00', '15:00', 20, null),
('aydt', 'Open Jazz', 'jazz', null, null, 'Uptown', '{6}', '18:45', '20:00', 12, null),
('elmst', 'Open Modern', 'modern', 'open', null, 'Main Hall', '{2}', '18:00', '19:30', 20, null),
('elmst', 'Open Ballet', 'ballet', 'open', null, 'Main Hall', '{4}', '18:00', '19:30', 20, null),
('elmst', 'Social Dance', 'social', 'open', null, 'Main Hall', '{5}', '20:00', '22:00', null, null);

-- Classes without a division or a program. week: the only week of the term in which it is held.
create temporary table seed_modes (
    slug text, title text, price_mode text, week integer
) on commit drop;
insert into seed_modes values
('aydt', 'Spring Dance Camp', 'tiered', 11),
('aydt', 'Open Jazz', 'drop_in', null);

create temporary table seed_tiers (
    slug text,
    title text,
    code text,
    name text,
    starts_at time,
    ends_at time,
    position smallint,
    amount_minor bigint
) on commit drop;
insert into seed_tiers values
('aydt', 'Spring Dance Camp', 'half_day', 'Half day', '09:00', '12:00', 1, 32500),
('aydt', 'Spring Dance Camp', 'full_day', 'Full day', '09:00', '15:00', 2, 59500);

create temporary table seed_date_prices (slug text, title text, amount_minor bigint) on commit drop;
insert into seed_date_prices values
('aydt', 'Open Jazz', 2800);

-- What classes ask of students. Grades and recommendations are warnings; the ages of the youngest,
-- and what has to be taken together, are not.
create temporary table seed_requirements (
    slug text, title text, code text, kind text, enforcement text, terms jsonb
) on commit drop;
insert into seed_requirements values
('aydt', 'First Steps', 'first_steps_age', 'age_or_grade', 'hard_block', '{"lowest_age_months": 18, "highest_age_months": 26}'),
('aydt', 'First Steps', 'first_steps_present', 'parent_present', 'hard_block', '{}'),
('aydt', 'Dance with Me', 'dance_with_me_age', 'age_or_grade', 'hard_block', '{"lowest_age_months": 27, "highest_age_months": 36}'),
('aydt', 'Dance with Me', 'dance_with_me_present', 'parent_present', 'hard_block', '{}'),
('aydt', 'Pre-Ballet 1', 'pre_ballet_1_age', 'age_or_grade', 'hard_block', '{"lowest_age_years": 3, "cutoff_month": 9, "cutoff_day": 1, "cutoff_year": -1}'),
('aydt', 'Tap Intro', 'tap_intro_age', 'age_or_grade', 'hard_block', '{"lowest_age_years": 4, "cutoff_month": 9, "cutoff_day": 1, "cutoff_year": -1}'),
('aydt', 'Hip-Hop Intro', 'hip_hop_intro_age', 'age_or_grade', 'hard_block', '{"lowest_age_years": 4, "cutoff_month": 9, "cutoff_day": 1, "cutoff_year": -1}'),
('aydt', 'Open Ballet 4', 'open_ballet_4_grade', 'age_or_grade', 'soft_warn', '{"lowest_grade": 6}'),
('aydt', 'Open Ballet 4', 'open_ballet_4_before', 'prerequisite', 'soft_warn', '{"options": [{"alternative": 1, "count": 1, "class": "Open Ballet 3"}]}'),
('aydt', 'Open Ballet 5', 'open_ballet_5_grade', 'age_or_grade', 'soft_warn', '{"lowest_grade": 8, "highest_grade": 12}'),
('aydt', 'Open Ballet 5', 'open_ballet_5_before', 'prerequisite', 'soft_warn', '{"options": [{"alternative": 1, "count": 1, "class": "Open Ballet 4"}]}'),
('aydt', 'Open Ballet 5', 'open_ballet_5_teacher', 'teacher_approval', 'soft_warn', '{}'),
('aydt', 'Open Intermediate Ballet', 'open_intermediate_grade', 'age_or_grade', 'soft_warn', '{"lowest_grade": 8, "highest_grade": 12}'),
('aydt', 'Open Intermediate Ballet', 'open_intermediate_beside', 'corequisite', 'hard_block', '{"options": [{"alternative": 1, "count": 1, "class": "Open Ballet 5"}, {"alternative": 2, "count": 1, "class": "Technique 1"}]}'),
('aydt', 'Graded Ballet 5', 'graded_5_grade', 'age_or_grade', 'soft_warn', '{"lowest_grade": 6}'),
('aydt', 'Graded Ballet 5', 'graded_5_teacher', 'teacher_approval', 'soft_warn', '{}'),
('aydt', 'Graded Ballet 5', 'graded_5_beside', 'corequisite', 'hard_block', '{"options": [{"alternative": 1, "count": 1, "class": "Ballet 4"}, {"alternative": 2, "count": 1, "class": "Open Ballet 4"}, {"alternative": 3, "count": 1, "class": "Open Ballet 5"}, {"alternative": 4, "count": 1, "class": "Technique 1"}]}'),
('aydt', 'Advanced Intermediate Ballet', 'advanced_grade', 'age_or_grade', 'soft_warn', '{"lowest_grade": 10, "highest_grade": 12}'),
('aydt', 'Advanced Intermediate Ballet', 'advanced_beside', 'corequisite', 'hard_block', '{"counts_itself": true, "options": [{"alternative": 1, "count": 3, "discipline": "ballet"}, {"alternative": 1, "count": 1, "discipline": "broadway"}, {"alternative": 2, "count": 3, "discipline": "ballet"}, {"alternative": 2, "count": 1, "discipline": "contemporary"}]}'),
('aydt', 'Broadway 3', 'broadway_3_grade', 'age_or_grade', 'soft_warn', '{"lowest_grade": 5, "highest_grade": 12}'),
('aydt', 'Broadway 3', 'broadway_3_beside', 'corequisite', 'hard_block', '{"options": [{"alternative": 1, "count": 1, "discipline": "ballet"}, {"alternative": 2, "count": 1, "discipline": "tap"}]}'),
('aydt', 'Broadway 4', 'broadway_4_grade', 'age_or_grade', 'soft_warn', '{"lowest_grade": 7, "highest_grade": 12}'),
('aydt', 'Broadway 4', 'broadway_4_beside', 'corequisite', 'hard_block', '{"options": [{"alternative": 1, "count": 1, "discipline": "ballet"}]}'),
('aydt', 'Broadway 5', 'broadway_5_grade', 'age_or_grade', 'soft_warn', '{"lowest_grade": 8, "highest_grade": 12}'),
('aydt', 'Broadway 5', 'broadway_5_beside', 'corequisite', 'hard_block', '{"options": [{"alternative": 1, "count": 2, "discipline": "ballet"}, {"alternative": 2, "count": 1, "discipline": "ballet"}, {"alternative": 2, "count": 1, "discipline": "tap"}]}'),
('aydt', 'Advanced Tap', 'advanced_tap_grade', 'age_or_grade', 'soft_warn', '{"lowest_grade": 9, "highest_grade": 12}'),
('aydt', 'Advanced Tap', 'advanced_tap_beside', 'corequisite', 'hard_block', '{"options": [{"alternative": 1, "count": 1, "discipline": "ballet"}, {"alternative": 2, "count": 1, "discipline": "broadway"}, {"alternative": 3, "count": 1, "discipline": "hip hop"}]}'),
('aydt', 'Intermediate Hip-Hop', 'intermediate_beside', 'corequisite', 'hard_block', '{"counts_itself": true, "options": [{"alternative": 1, "count": 2}]}'),
('aydt', 'Contemporary 1', 'contemporary_1_beside', 'corequisite', 'soft_warn', '{"options": [{"alternative": 1, "count": 1, "discipline": "ballet"}]}'),
('aydt', 'Contemporary 2', 'contemporary_2_beside', 'corequisite', 'soft_warn', '{"options": [{"alternative": 1, "count": 1, "discipline": "ballet"}]}'),
('aydt', 'Boys Breakdance 1', 'breakdance_1_boys', 'gender', 'hard_block', '{"gender": "male"}'),
('aydt', 'Boys Breakdance 1', 'breakdance_1_age', 'age_or_grade', 'soft_warn', '{"lowest_age_years": 6, "highest_age_years": 10}'),
('aydt', 'Boys Breakdance 2', 'breakdance_2_boys', 'gender', 'hard_block', '{"gender": "male"}'),
('aydt', 'Boys Breakdance 2', 'breakdance_2_age', 'age_or_grade', 'soft_warn', '{"lowest_age_years": 6, "highest_age_years": 10}'),
('aydt', 'Intermediate Advanced Pointe', 'pointe_division', 'division', 'soft_warn', '{"division": "senior"}'),
('aydt', 'Intermediate Advanced Pointe', 'pointe_beside', 'corequisite', 'hard_block', '{"options": [{"alternative": 1, "count": 1, "class": "Ballet 4"}, {"alternative": 2, "count": 1, "class": "Open Ballet 4"}, {"alternative": 3, "count": 1, "class": "Open Ballet 5"}, {"alternative": 4, "count": 1, "class": "Graded Ballet 5"}, {"alternative": 5, "count": 1, "class": "Advanced Intermediate Ballet"}]}');

do $$
declare
    v_seed record;
    v_studio_id integer;
    v_term_id bigint;
    v_section record;
    v_section_id bigint;
begin
    for v_seed in
        select s.* from seed_studios as s order by s.slug
    loop
        select s.id into strict v_studio_id from studio.studios as s where s.slug = v_seed.slug;
        perform auth.enter_studio(v_studio_id);
        insert into studio.settings (
            studio_id, hold_minutes, payment_minutes, final_answer_seconds, rate_step_basis,
            token_minutes, sign_in_attempts, sign_in_window_minutes, password_min_length,
            password_hash_cost, call_attempts, call_lease_seconds, call_courier_delay_seconds,
            message_attempts, message_lease_seconds, coupon_attempts, coupon_window_minutes,
            family_discount_later, tuition_proration, balance_days, hold_starts_at,
            waitlist_on_lapse, waitlist_on_cancel, waitlist_on_refund, waitlist_on_capacity,
            offer_hours, offer_reminder_hours, offer_stop_hours, stuck_hours,
            staff_hold_minutes, news_due_minutes, late_money, charge_at, charge_attempts,
            charge_summary_at, review_attempts, review_hours, refund_days, refund_reason_length,
            settlement_days, alert_mails, alert_minutes, escalation_failures, escalation_minutes,
            payment_stuck_minutes
        )
        values (
            v_studio_id, 15, 10, 120, 'distinct_weekdays', 720, 10, 15, 10,
            v_seed.password_hash_cost, 8, 60, 3, 8, 60, 10, 15, true, 'none', 30,
            'checkout', 'automatic', 'automatic', 'reserve', 'automatic', 24, 6, 72, 24, 60,
            5, 'retake', '06:00', 3, '09:00', 3, 72, 180, 10, 3, 3, 10, 3, 60, 60
        );
        insert into studio.locations (studio_id, name, address)
        select v_studio_id, l.name, l.address
        from (
            values
            ('aydt', 'Uptown', '1200 Lexington Avenue, New York, NY'),
            ('aydt', 'Downtown', '88 Duane Street, New York, NY'),
            ('elmst', 'Main Hall', '14 Elm Street, Evanston, IL')
        ) as l (slug, name, address)
        where l.slug = v_seed.slug;
        insert into catalog.terms (
            studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at,
            status
        )
        values (
            v_studio_id,
            'Spring ' || extract(year from v_seed.starts_on),
            v_seed.starts_on,
            -- 21 weeks, Monday to Saturday
            v_seed.starts_on + 145,
            now() - interval '1 day',
            (v_seed.starts_on + 28)::timestamp at time zone v_seed.timezone,
            'published'
        )
        returning id into v_term_id;
        insert into catalog.divisions (
            studio_id, code, name, rank, mixes, auto_pay_offered, lowest_grade, highest_grade
        )
        select
            v_studio_id, d.code, d.name, d.rank, d.mixes, d.auto_pay_offered, d.lowest_grade,
            d.highest_grade
        from seed_divisions as d
        where d.slug = v_seed.slug;
        insert into catalog.programs (studio_id, code, name, plan_fee_waived)
        select v_studio_id, p.code, p.name, p.plan_fee_waived
        from seed_programs as p
        where p.slug = v_seed.slug;
        insert into pricing.program_prices (studio_id, term_id, program_id, amount_minor)
        select v_studio_id, v_term_id, c.id, p.amount_minor
        from seed_programs as p
        inner join catalog.programs as c on c.studio_id = v_studio_id and p.code = c.code
        where p.slug = v_seed.slug;
        insert into pricing.rates (studio_id, term_id, division_id, weekly_count, amount_minor)
        select v_studio_id, v_term_id, d.id, r.weekly_count, r.amount_minor
        from seed_rates as r
        inner join catalog.divisions as d on d.studio_id = v_studio_id and r.division = d.code
        where r.slug = v_seed.slug;
        insert into pricing.fee_rules (
            studio_id, term_id, code, label, unit, amount_minor, charged_modes, division_id,
            division_of, position, discountable
        )
        select
            v_studio_id, v_term_id, f.code, f.label, f.unit, f.amount_minor, f.charged_modes, d.id,
            f.division_of, f.position, f.code <> 'registration'
        from seed_fees as f
        left join catalog.divisions as d on d.studio_id = v_studio_id and f.division = d.code
        where f.slug = v_seed.slug;
        insert into pricing.payment_plans (
            studio_id, term_id, kind, code, label, installments, auto_pay,
            fee_per_installment_minor, deposit_bp, accepts_checkout
        )
        values
        (v_studio_id, v_term_id, 'full', 'full', 'Pay in full', 1, false, 0, null, true),
        (
            v_studio_id, v_term_id, 'monthly', 'monthly', 'Auto-pay monthly', 5, true, 500, null,
            true
        ),
        (
            v_studio_id, v_term_id, 'deposit_percent', 'deposit', 'Half now, the rest later', 2,
            false, 0, 5000, true
        );
        insert into messaging.templates (studio_id, code, channel, subject, body)
        values
        (
            v_studio_id, 'registration_confirmed', 'email', '{studio}: you are enrolled for {term}',
            E'Dear {guardian},\n\nthank you. Everything is paid and confirmed:\n\n{receipt}\n\nSee you in class,\n{studio}\n'
        ),
        (
            v_studio_id, 'registration_confirmed', 'sms', null,
            '{studio}: enrolled for {term}. {total} paid. The receipt is in your e-mail.'
        ),
        (
            v_studio_id, 'payment_returned', 'email', '{studio}: your payment is being returned',
            E'Dear {guardian},\n\nyour payment of {total} reached us after the seats had been given back, so it is being returned to your card. Nothing is enrolled. Please check out again or call us.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'payment_returned', 'sms', null,
            '{studio}: your payment came too late and is being returned. Please check your e-mail.'
        ),
        (
            v_studio_id, 'registration_partial', 'email', '{studio}: you are enrolled for {term}',
            E'Dear {guardian},\n\nthank you. You are enrolled; the rest is due by {due_on}:\n\n{receipt}\n\nSee you in class,\n{studio}\n'
        ),
        (
            v_studio_id, 'balance_paid', 'email', '{studio}: all is paid for {term}',
            E'Dear {guardian},\n\nthank you. Nothing is due any more of {total} for {term}.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'check_returned', 'email', '{studio}: your payment came back',
            E'Dear {guardian},\n\nthe bank sent your payment of {amount} back, so it is due again, now. Please call us.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'payment_refunded', 'email', '{studio}: {amount} is refunded',
            E'Dear {guardian},\n\nwe have given back {amount}. By card it may take some days until your bank shows it.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'registration_refunded', 'email', '{studio}: your registration has ended',
            E'Dear {guardian},\n\nall that was paid for your registration for {term} has been given back, and what was enrolled by it has ended.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'review_rejected', 'email', '{studio}: we did not find your payment',
            E'Dear {guardian},\n\nwe could not find your payment of {total} for {term}. Please look at the reason we gave and tell us again, or pay by card, as long as your seats are kept.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'review_ended', 'email', '{studio}: your seats were given back',
            E'Dear {guardian},\n\nwe could not find your payment of {total} for {term}, so your seats have been given back. Please call us.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'staff_payment_returned', 'email',
            '{studio}: a payment of family {family} goes back',
            E'Dear {guardian},\n\na card payment of {amount} of family {family} confirmed nothing and is given back to the card. The family has been told.\n'
        ),
        (
            v_studio_id, 'staff_refunded_at_gateway', 'email',
            '{studio}: {amount} of family {family} was given back at the gateway',
            E'Dear {guardian},\n\n{amount} of a card payment of family {family} was given back at the gateway, not here, so it is owed again. Please look at it.\n'
        ),
        (
            v_studio_id, 'staff_refund_failed', 'email',
            '{studio}: a refund for family {family} has failed',
            E'Dear {guardian},\n\nthe gateway did not give back {amount} to family {family}. Please look at it.\n'
        ),
        (
            v_studio_id, 'staff_review_submitted', 'email',
            '{studio}: family {family} says it has paid',
            E'Dear {guardian},\n\nfamily {family} says that it has paid {amount} for {term} without a card. Please look for the money and approve or reject it.\n'
        ),
        (
            v_studio_id, 'payment_duplicate', 'email', '{studio}: you paid twice',
            E'Dear {guardian},\n\nyou are enrolled, and your payment of {total} reached us twice. The second one is being returned to your card.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'payment_duplicate', 'sms', null,
            '{studio}: you are enrolled, but paid twice. The second payment is being returned.'
        ),
        (
            v_studio_id, 'installment_paid', 'email',
            '{studio}: your installment is paid',
            E'Dear {guardian},\n\nthank you. We have received {part} for {term}.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'installment_paid', 'sms',
            null,
            '{studio}: we have received your installment of {part} for {term}. Thank you.'
        ),
        (
            v_studio_id, 'installment_declined', 'email',
            '{studio}: your card was declined',
            E'Dear {guardian},\n\nyour card was declined for the installment of {part} that was due on {due}. We try again on {next_try}. You can pay it with another card before.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'installment_declined', 'sms',
            null,
            '{studio}: your card was declined for {part}. We try again on {next_try}. See your e-mail.'
        ),
        (
            v_studio_id, 'installment_failed', 'email',
            '{studio}: your installment could not be charged',
            E'Dear {guardian},\n\nyour card could not be charged for the installment of {part} that was due on {due}, and we do not try again. Please pay it with another card, or call us.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'installment_failed', 'sms',
            null,
            '{studio}: your card could not be charged for {part}. Please pay with another card.'
        ),
        (
            v_studio_id, 'installment_card_needed', 'email',
            '{studio}: we need a card for your installment',
            E'Dear {guardian},\n\nan installment of {open} was due on {due}, and we have no card to charge. Please pay it with a card, which is then used for the next ones, too.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'installment_card_needed', 'sms',
            null,
            '{studio}: {open} is due and we have no card to charge. Please pay with a card.'
        ),
        (
            v_studio_id, 'installment_overdue', 'email',
            '{studio}: an installment is overdue',
            E'Dear {guardian},\n\nan installment of {open} was due on {due}. Please pay it, or call us.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'installment_overdue', 'sms',
            null,
            '{studio}: an installment of {open} was due on {due}. Please pay it.'
        ),
        (
            v_studio_id, 'installment_payment_returned', 'email',
            '{studio}: you paid an installment twice',
            E'Dear {guardian},\n\nyour payment of {part} reached us after the installment had been paid. It is being returned to your card.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'installment_payment_returned', 'sms',
            null,
            '{studio}: an installment was paid twice. The second payment of {part} is being returned.'
        ),
        (
            v_studio_id, 'charge_summary', 'email',
            '{studio}: installments that need you',
            E'These installments could not be charged, or have no card:\n\n{charges}\n'
        ),
        (
            v_studio_id, 'class_cancelled', 'email', '{studio}: {class} on {was} is cancelled',
            E'Dear {guardian},\n\n{class} on {was} is not held. We are sorry. If a date of it was all that you had booked, we will be in touch about your money.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'class_cancelled', 'sms', null, '{studio}: {class} on {was} is cancelled.'
        ),
        (
            v_studio_id, 'section_cancelled', 'email', '{studio}: {class} is cancelled',
            E'Dear {guardian},\n\n{class} is not held. We are sorry. If you have not paid for it yet, please take it out of your cart and check out again.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'section_cancelled', 'sms', null,
            '{studio}: {class} is cancelled. If it is in your cart, please take it out.'
        ),
        (
            v_studio_id, 'class_moved', 'email', '{studio}: {class} is held on {when}',
            E'Dear {guardian},\n\n{class} is not held on {was} but on {when}. If you can''t come then, please call us.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'class_moved', 'sms', null,
            '{studio}: {class} of {was} is held on {when} instead.'
        ),
        (
            v_studio_id, 'waitlist_joined', 'email', '{studio}: {student} waits for {class}',
            E'Dear {guardian},\n\n{student} is on the waitlist of {class}. We write as soon as a place is yours.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'waitlist_joined', 'sms', null,
            '{studio}: {student} is on the waitlist of {class}.'
        ),
        (
            v_studio_id, 'waitlist_offered', 'email', '{studio}: a place in {class} for {student}',
            E'Dear {guardian},\n\na place in {class} is kept for {student} until {until}. Please accept and pay before, or decline, so that the next child gets it.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'waitlist_offered', 'sms', null,
            '{studio}: a place in {class} is kept for {student} until {until}. See your e-mail.'
        ),
        (
            v_studio_id, 'waitlist_reminded', 'email', '{studio}: {class} is kept until {until}',
            E'Dear {guardian},\n\nthe place in {class} that we keep for {student} is yours until {until}. After that it goes to the next child.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'waitlist_reminded', 'sms', null,
            '{studio}: the place in {class} for {student} is kept until {until} only.'
        ),
        (
            v_studio_id, 'waitlist_expired', 'email', '{studio}: {student} waits no longer for {class}',
            E'Dear {guardian},\n\n{student} is no longer on the waitlist of {class}: the time to accept has run out, registration is over, or it is not held.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'waitlist_expired', 'sms', null,
            '{studio}: {student} is no longer on the waitlist of {class}.'
        ),
        (
            v_studio_id, 'enrollment_cancelled', 'email',
            '{studio}: {class} ends for {student} on {from}',
            E'Dear {guardian},\n\nfrom {from} on {student} is no longer enrolled in {class}. Kept for you as a credit: {amount}.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'enrollment_cancelled', 'sms', null,
            '{studio}: from {from} on {student} is no longer enrolled in {class}.'
        ),
        (
            v_studio_id, 'enrollment_transferred', 'email',
            '{studio}: {student} moves to {other_class}',
            E'Dear {guardian},\n\nfrom {from} on {student} is in {other_class} instead of {class}. Kept for you as a credit: {amount}.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'enrollment_transferred', 'sms', null,
            '{studio}: from {from} on {student} is in {other_class} instead of {class}.'
        ),
        (
            v_studio_id, 'enrollment_weekdays_dropped', 'email',
            '{studio}: {student} comes to {class} on fewer days',
            E'Dear {guardian},\n\nfrom {from} on {student} comes to {class} on fewer days of the week. Kept for you as a credit: {amount}.\n\n{studio}\n'
        ),
        (
            v_studio_id, 'enrollment_weekdays_dropped', 'sms', null,
            '{studio}: from {from} on {student} comes to {class} on fewer days of the week.'
        );
        insert into catalog.classes (
            studio_id, term_id, title, discipline, price_mode, division_id, program_id, level
        )
        select distinct
            v_studio_id,
            v_term_id,
            x.title,
            x.discipline,
            coalesce(m.price_mode, case when x.program is null then 'standard' else 'program' end),
            d.id,
            p.id,
            -- "Ballet 1A" is of level 1.
            substring(x.title from ' (\d)[AB]?$')::smallint
        from seed_sections as x
        left join catalog.divisions as d on d.studio_id = v_studio_id and x.division = d.code
        left join catalog.programs as p on p.studio_id = v_studio_id and x.program = p.code
        left join seed_modes as m on x.slug = m.slug and x.title = m.title
        where x.slug = v_seed.slug
        order by x.title;
        for v_section in
            select
                x.*,
                c.id as class_id,
                c.price_mode,
                m.week,
                l.id as location_id,
                row_number() over (
                    partition by x.title order by x.half, x.weekdays, x.starts_at
                ) as number
            from seed_sections as x
            inner join catalog.classes as c on c.studio_id = v_studio_id and x.title = c.title
            inner join studio.locations as l on l.studio_id = v_studio_id and x.location = l.name
            left join seed_modes as m on x.slug = m.slug and x.title = m.title
            where x.slug = v_seed.slug
            order by x.title, number
        loop
            insert into catalog.sections (
                studio_id, term_id, class_id, price_mode, location_id, name, starts_on, ends_on,
                capacity
            )
            values (
                v_studio_id,
                v_term_id,
                v_section.class_id,
                v_section.price_mode,
                v_section.location_id,
                'Section ' || v_section.number,
                v_seed.starts_on
                + case
                    when v_section.week is not null then (v_section.week - 1) * 7
                    when v_section.half = 2 then 84
                    else 0
                end,
                v_seed.starts_on
                + case
                    when v_section.week is not null then v_section.week * 7 - 1
                    when v_section.half = 1 then 61
                    else 145
                end,
                v_section.capacity
            )
            returning id into v_section_id;
            insert into catalog.section_times (
                studio_id, section_id, weekday, starts_at, ends_at
            )
            select v_studio_id, v_section_id, w.weekday, v_section.starts_at, v_section.ends_at
            from unnest(v_section.weekdays) as w (weekday);
            perform catalog.generate_meetings(v_section_id);
            insert into catalog.section_tiers (
                studio_id, section_id, code, name, starts_at, ends_at, position
            )
            select v_studio_id, v_section_id, t.code, t.name, t.starts_at, t.ends_at, t.position
            from seed_tiers as t
            where t.slug = v_section.slug and t.title = v_section.title;
            insert into pricing.tier_prices (studio_id, section_id, tier_id, amount_minor)
            select v_studio_id, v_section_id, c.id, t.amount_minor
            from seed_tiers as t
            inner join catalog.section_tiers as c
                on
                    c.studio_id = v_studio_id
                    and c.section_id = v_section_id
                    and t.code = c.code
            where t.slug = v_section.slug and t.title = v_section.title;
            insert into pricing.date_prices (studio_id, section_id, amount_minor)
            select v_studio_id, v_section_id, p.amount_minor
            from seed_date_prices as p
            where p.slug = v_section.slug and p.title = v_section.title;
        end loop;
        perform catalog.replace_requirements(
            v_term_id,
            catalog.requirement_rows(
                v_term_id,
                coalesce(
                    (
                        select
                            jsonb_agg(
                                q.terms || jsonb_build_object(
                                    'class', q.title, 'code', q.code, 'kind', q.kind,
                                    'enforcement', q.enforcement
                                )
                                order by q.title, q.code
                            )
                        from seed_requirements as q
                        where q.slug = v_seed.slug
                    ),
                    '[]'
                )
            ),
            0
        );
        -- A family that enrolls two children saves once a term.
        if v_seed.slug = 'aydt' then
            insert into pricing.family_discounts (studio_id, term_id, min_students, amount_minor)
            values (v_studio_id, v_term_id, 2, 5000);
            insert into pricing.add_ons (
                studio_id, section_id, code, name, description, amount_minor, required, position
            )
            select
                s.studio_id, s.id, 'early_drop_off', 'Early drop-off',
                'Somebody is with your child from 15 minutes before.', 2000, false, 1
            from catalog.sections as s
            inner join catalog.classes as c on s.studio_id = c.studio_id and s.class_id = c.id
            where s.studio_id = v_studio_id and c.title = 'First Steps';
        end if;
    end loop;
end;
$$;
