create or replace function enrollment.cart_findings(
    p_cart_id bigint, p_as_of timestamptz, p_with_seats boolean default true
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_hours constant tstzmultirange := enrollment.hours_from(studio.local_date(p_as_of));
    v_is_clear boolean;
    v_findings jsonb;
    v_rule_findings jsonb := jsonb_build_array();
begin
    -- Mostly there is nothing, and then one look is enough. It takes lapsed holds for seats, and
    -- whoever wants a class by date for all its dates; what it finds is looked at again, exactly.
    with items as materialized (
        select
            i.cart_item_id,
            i.student_id,
            i.section_id,
            i.dates,
            i.weekdays,
            i.capacity,
            i.during,
            (
                i.section_status = 'open'
                and i.term_status = 'published'
                and p_as_of >= i.registration_opens_at
                and p_as_of < i.registration_closes_at
                and (i.weekdays is null or i.sold_by_weekday)
            ) as is_open
        from enrollment.picked_items(v_studio_id, v_family_id, p_cart_id, p_as_of) as i
    )

    select
        bool_and(
            i.is_open
            and i.during is not null
            -- A class that is over can't be begun.
            and upper(i.during) > p_as_of
            and not exists (
                select
                from enrollment.enrollments as e
                where
                    e.studio_id = v_studio_id
                    and e.family_id = v_family_id
                    and e.student_id = i.student_id
                    and e.section_id = i.section_id
                    and (i.dates is null or i.dates && e.dates)
                    and e.status = 'confirmed'
            )
            and not exists (
                select
                from enrollment.seats as x
                where
                    x.studio_id = v_studio_id
                    and x.family_id = v_family_id
                    and x.student_id = i.student_id
                    and x.status in ('held', 'confirmed')
                    and x.cart_item_id is distinct from i.cart_item_id
                    and x.during && i.during
            )
            and not exists (
                select
                from items as o
                where
                    o.student_id = i.student_id
                    and o.section_id > i.section_id
                    and o.during && i.during
            )
            and (i.capacity is null or not enrollment.is_owed(i.section_id, i.dates, i.weekdays))
            and (
                not p_with_seats
                or i.capacity is null
                or case
                    when i.dates is null
                        then exists (
                            select
                            from enrollment.places as p
                            where
                                p.studio_id = v_studio_id
                                and p.section_id = i.section_id
                                and isempty(p.taken)
                            offset (
                                select count(*) from items as o where o.section_id = i.section_id
                            ) - 1
                        )
                    else enrollment.have_free_dates(
                        i.section_id,
                        i.dates,
                        (select count(*) from items as o where o.section_id = i.section_id)
                    )
                end
            )
        )
    into v_is_clear
    from items as i;
    -- Most classes ask for nothing, and then one look is enough, too.
    if exists (
        select
        from enrollment.cart_items as i
        inner join catalog.sections as s on i.studio_id = s.studio_id and i.section_id = s.id
        inner join catalog.requirements as r
            on
                s.studio_id = r.studio_id
                and (r.term_id is null or s.term_id = r.term_id)
                and (r.class_id is null or s.class_id = r.class_id)
        where
            i.studio_id = v_studio_id
            and i.family_id = v_family_id
            and i.cart_id = p_cart_id
            and r.superseded_at is null
            and r.enforcement <> 'off'
            and r.kind <> 'schedule_conflict'
    ) then
        v_rule_findings := enrollment.rule_findings(
            v_family_id,
            (
                select
                    jsonb_agg(
                        jsonb_build_object(
                            'cart_item_id', i.id,
                            'student_id', i.student_id,
                            'section_id', i.section_id,
                            'tier_id', i.tier_id,
                            'dates', i.dates
                        )
                    )
                from enrollment.cart_items as i
                where
                    i.studio_id = v_studio_id
                    and i.family_id = v_family_id
                    and i.cart_id = p_cart_id
            ),
            p_as_of
        );
    end if;
    if v_is_clear then
        return v_rule_findings;
    end if;
    with items as (
        select
            i.*,
            i.during * v_hours as coming,
            case
                when i.dates is null then i.title
                else format('%s on %s', i.title, studio.dates_text(i.dates))
            end as picked_title
        from enrollment.picked_items(v_studio_id, v_family_id, p_cart_id) as i
    ),

    found as (
        select
            i.cart_item_id, i.student_id, i.section_id, 'term_not_open' as code,
            jsonb_build_object('title', i.title) as details
        from items as i
        where
            i.term_status <> 'published'
            or p_as_of < i.registration_opens_at
            or p_as_of >= i.registration_closes_at
        union all
        select
            i.cart_item_id, i.student_id, i.section_id, 'section_not_open',
            jsonb_build_object('title', i.title)
        from items as i
        where
            i.section_status <> 'open'
            or not i.meets
            or (i.dates is null and coalesce(isempty(i.coming), true))
        union all
        select
            i.cart_item_id, i.student_id, i.section_id, 'tier_unknown',
            jsonb_build_object('title', i.title, 'tier', t.code)
        from items as i
        inner join catalog.section_tiers as t
            on t.studio_id = v_studio_id and i.tier_id = t.id and not t.is_offered
        union all
        select
            i.cart_item_id, i.student_id, i.section_id, 'weekdays_not_offered',
            jsonb_build_object('title', i.title)
        from items as i
        where i.weekdays is not null and not i.sold_by_weekday
        union all
        select d.cart_item_id, d.student_id, d.section_id, d.code, d.details
        from enrollment.date_findings(p_cart_id, p_as_of, p_with_seats) as d
        where exists (select from items as i where i.dates is not null)
        union all
        select
            i.cart_item_id, i.student_id, i.section_id, 'already_enrolled',
            jsonb_build_object('title', i.picked_title)
        from items as i
        where
            enrollment.is_enrolled(
                v_family_id, i.student_id, i.section_id, i.dates, i.weekdays, p_as_of
            )
        union all
        select
            i.cart_item_id, i.student_id, i.section_id, 'schedule_conflict',
            jsonb_build_object(
                'title', i.title, 'other_title', o.title, 'other_section_id', o.section_id
            )
        from items as i
        inner join items as o
            on
                i.student_id = o.student_id
                and i.section_id < o.section_id
                and i.coming && o.coming
        where
            o.section_id not in (
                select c.section_id
                from enrollment.waived_clashes(i.student_id, i.section_id, p_as_of) as c (section_id)
            )
        union all
        select
            i.cart_item_id, i.student_id, i.section_id, 'schedule_conflict',
            jsonb_build_object(
                'title', i.title, 'other_title', o.title, 'other_section_id', o.section_id
            )
        from items as i
        cross join lateral enrollment.conflicts(
            v_family_id, i.student_id, i.coming, p_as_of => p_as_of
        ) as o
        where
            i.section_id <> o.section_id
            and o.section_id not in (
                select c.section_id
                from enrollment.waived_clashes(i.student_id, i.section_id, p_as_of) as c (section_id)
            )
            and not exists (
                select
                from items as x
                where x.student_id = i.student_id and x.section_id = o.section_id
            )
        union all
        select
            i.cart_item_id, i.student_id, i.section_id, 'waitlist_only',
            enrollment.queue_details(i.section_id, i.dates, i.weekdays)
            || jsonb_build_object('title', i.picked_title)
        from items as i
        where
            i.capacity is not null
            and not enrollment.has_seat(
                v_family_id, p_cart_id, i.student_id, i.section_id, i.dates, i.weekdays
            )
            and enrollment.is_owed(i.section_id, i.dates, i.weekdays)
        union all
        select
            i.cart_item_id, i.student_id, i.section_id, 'seat_unavailable',
            enrollment.queue_details(i.section_id) || jsonb_build_object('title', i.title)
        from items as i
        inner join enrollment.free_places(
            case
                when p_with_seats
                    then (
                        select array_agg(distinct x.section_id)
                        from items as x
                        where x.dates is null and x.weekdays is null
                    )
            end
        ) as f on i.section_id = f.section_id
        where
            i.dates is null
            and i.weekdays is null
            -- Whoever has a seat already, by whatever title, needs no other.
            and f.places < (
                select count(*)
                from items as x
                where
                    x.section_id = i.section_id
                    and not enrollment.has_seat(
                        v_family_id, p_cart_id, x.student_id, x.section_id, x.dates, x.weekdays
                    )
            )
            and not enrollment.has_seat(v_family_id, p_cart_id, i.student_id, i.section_id)
            and not enrollment.is_owed(i.section_id)
        union all
        select
            i.cart_item_id, i.student_id, i.section_id, 'seat_unavailable',
            enrollment.queue_details(i.section_id, null, i.weekdays)
            || jsonb_build_object('title', i.title)
        from items as i
        cross join lateral enrollment.free_places(
            case when p_with_seats and i.weekdays is not null then array[i.section_id] end,
            null, i.weekdays
        ) as f
        where
            f.places < (
                select count(*)
                from items as x
                where
                    x.section_id = i.section_id
                    and x.weekdays && i.weekdays
                    and not enrollment.has_seat(
                        v_family_id, p_cart_id, x.student_id, x.section_id, null, x.weekdays
                    )
            )
            and not enrollment.has_seat(
                v_family_id, p_cart_id, i.student_id, i.section_id, null, i.weekdays
            )
            and not enrollment.is_owed(i.section_id, null, i.weekdays)
    )

    select
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'code', f.code,
                    'enforcement', 'hard_block',
                    'cart_item_id', f.cart_item_id,
                    'student_id', f.student_id,
                    'section_id', f.section_id,
                    'message', ops.error_response(f.code, f.details) -> 'body' -> 'message',
                    'details', f.details
                )
                order by f.student_id, f.section_id, f.code
            ),
            '[]'
        )
    into v_findings
    from found as f;
    return v_findings || v_rule_findings;
end;
$$;
alter function enrollment.cart_findings(bigint, timestamptz, boolean) owner to enrollment;
grant execute on function enrollment.cart_findings(bigint, timestamptz, boolean) to pricing;
comment on function enrollment.cart_findings(bigint, timestamptz, boolean) is
$$Everything that speaks against a cart: findings with code, sentence, student, section.

p_with_seats: whether a lack of seats is looked for; checkout claims them and so sees for itself.
hard_block: checkout refuses; soft_warn: the family has to acknowledge it. Codes: term_not_open,
section_not_open, tier_unknown, weekdays_not_offered, date_unknown, date_past, already_enrolled,
schedule_conflict, seat_unavailable, waitlist_only, and what rules say
(enrollment.rule_findings()), with the fact that is missing and what would fix it. A clash that is
waived is none. For enrollment and pricing.$$;
