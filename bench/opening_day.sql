-- The studio of an opening day: 145 sections of 20 places, and some of other capacities.
-- Run by an operator as role deploy, once the demo studios are there, whose settings it has.

insert into studio.studios (slug, name, timezone, currency)
values ('bench-opening', 'Opening Day Studio', 'America/New_York', 'USD');

do $$
declare
    v_studio_id constant integer := (
        select s.id from studio.studios as s where s.slug = 'bench-opening'
    );
    v_starts_on constant date
    := (date_trunc('week', now() at time zone 'UTC') + interval '9 weeks')::date;
    v_term_id bigint;
    v_division_id bigint;
    v_location_id bigint;
begin
    insert into studio.settings overriding user value
    select (jsonb_populate_record(
        null::studio.settings,
        to_jsonb(o) || jsonb_build_object('studio_id', v_studio_id, 'hold_minutes', 1440)
    )).*
    from studio.settings as o
    inner join studio.studios as s on o.studio_id = s.id
    where s.slug = 'aydt' and o.term_id is null;
    perform auth.enter_studio(v_studio_id);
    insert into studio.locations (studio_id, name, address)
    values (v_studio_id, 'Main Hall', '1 Bench Street, New York, NY')
    returning id into v_location_id;
    insert into catalog.terms (
        studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at, status
    )
    values (
        v_studio_id, 'Spring', v_starts_on, v_starts_on + 145, now() - interval '1 day',
        now() + interval '28 days', 'published'
    )
    returning id into v_term_id;
    insert into catalog.divisions (studio_id, code, name, rank)
    values (v_studio_id, 'open', 'Open', 1)
    returning id into v_division_id;
    insert into pricing.rates (studio_id, term_id, division_id, weekly_count, amount_minor)
    select v_studio_id, v_term_id, v_division_id, n.weekly_count, n.weekly_count * 75000
    from generate_series(1, 6) as n (weekly_count);
    insert into pricing.payment_plans (
        studio_id, term_id, kind, code, label, installments, auto_pay, accepts_checkout
    )
    values (v_studio_id, v_term_id, 'full', 'full', 'Pay in full', 1, false, true);
    -- Day 0 to 5 of a section: its number modulo 6, so that a family picks days that don't clash.
    create temporary table opening_sections on commit drop as
    select format('Day %s', n.number) as title, n.number, 20 as capacity
    from generate_series(0, 144) as n (number)
    union all
    select format('Capacity %s %s', c.capacity, n.number), n.number, c.capacity
    from (values (20, 10), (200, 1), (2000, 1), (20000, 1)) as c (capacity, sections)
    cross join lateral generate_series(1, c.sections) as n (number)
    union all
    -- Without a limit: to load the places of a million would take longer than what is measured.
    select format('Growth %s', n.number), n.number, null from generate_series(0, 39) as n (number)
    union all
    select 'Memory', 0, 1000;
    insert into catalog.classes (
        studio_id, term_id, title, discipline, price_mode, division_id
    )
    select v_studio_id, v_term_id, x.title, 'ballet', 'standard', v_division_id
    from opening_sections as x;
    insert into catalog.sections (
        studio_id, term_id, class_id, price_mode, location_id, name, starts_on, ends_on, capacity
    )
    select
        v_studio_id, v_term_id, k.id, k.price_mode, v_location_id, 'Section 1', v_starts_on,
        v_starts_on + 145, x.capacity
    from opening_sections as x
    inner join catalog.classes as k on k.studio_id = v_studio_id and x.title = k.title;
    insert into catalog.section_times (studio_id, section_id, weekday, starts_at, ends_at)
    select
        v_studio_id, s.id, x.number % 6 + 1,
        time '08:00' + (x.number / 6 % 12) * interval '1 hour',
        time '09:00' + (x.number / 6 % 12) * interval '1 hour'
    from opening_sections as x
    inner join catalog.classes as k on k.studio_id = v_studio_id and x.title = k.title
    inner join catalog.sections as s on s.studio_id = v_studio_id and k.id = s.class_id;
    perform catalog.generate_meetings(s.id) from catalog.sections as s
    where s.studio_id = v_studio_id;
end;
$$;
