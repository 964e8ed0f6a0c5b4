create or replace function enrollment.picked_items(
    p_studio_id integer,
    p_family_id bigint,
    p_cart_id bigint,
    p_on_offer_at timestamptz default null
)
returns table (
    cart_item_id bigint,
    student_id bigint,
    section_id bigint,
    tier_id bigint,
    dates date[],
    title text,
    capacity integer,
    section_status text,
    term_status text,
    registration_opens_at timestamptz,
    registration_closes_at timestamptz,
    meets boolean,
    during tstzmultirange,
    weekdays smallint[],
    sold_by_weekday boolean
)
language sql
stable
as $$
    select
        i.id, i.student_id, i.section_id, i.tier_id, i.dates, k.title, s.capacity, s.status,
        t.status, t.registration_opens_at, t.registration_closes_at, p.section_id is not null,
        case
            when i.tier_id is null and i.dates is null and i.weekdays is null then p.during
            when i.weekdays is not null
                then (catalog.section_span(i.section_id, i.weekdays, '-infinity')).during
            else enrollment.picked_minutes(i.section_id, i.tier_id, i.dates, p_on_offer_at)
        end,
        i.weekdays, s.sold_by_weekday
    from enrollment.cart_items as i
    inner join catalog.sections as s on i.studio_id = s.studio_id and i.section_id = s.id
    inner join catalog.terms as t on s.studio_id = t.studio_id and s.term_id = t.id
    -- Outer joins are left out of the plan where nothing of theirs is asked for.
    left join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
    left join catalog.section_spans as p
        on i.studio_id = p.studio_id and i.section_id = p.section_id
    where i.studio_id = p_studio_id and i.family_id = p_family_id and i.cart_id = p_cart_id
$$;
alter function enrollment.picked_items(integer, bigint, bigint, timestamptz) owner to enrollment;
comment on function enrollment.picked_items(integer, bigint, bigint, timestamptz) is
$$What is in a cart, with what the catalogue says today of each section that was picked.

during: the minutes the student is there; null when no meeting is scheduled and, with
p_on_offer_at, when the tier or one of the dates can't be had at that instant. Inlined into its
callers, so it has no SET clause.$$;
