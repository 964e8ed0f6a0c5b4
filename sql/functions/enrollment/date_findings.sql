create or replace function enrollment.date_findings(
    p_cart_id bigint, p_as_of timestamptz, p_with_seats boolean
)
returns table (
    cart_item_id bigint, student_id bigint, section_id bigint, code text, details jsonb
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
begin
    return query
    with items as (
        select i.cart_item_id, i.student_id, i.section_id, i.dates, i.title
        from enrollment.picked_items(v_studio_id, v_family_id, p_cart_id) as i
        where i.dates is not null
    )

    select
        i.cart_item_id, i.student_id, i.section_id, u.code,
        jsonb_build_object('title', i.title, 'date', studio.dates_text(array[u.held_on]))
    from items as i
    cross join lateral enrollment.unavailable_dates(i.section_id, i.dates, p_as_of) as u
    union all
    select
        i.cart_item_id, i.student_id, i.section_id, 'seat_unavailable',
        enrollment.queue_details(i.section_id, array_agg(f.held_on)) || jsonb_build_object(
            'title', format('%s on %s', min(i.title), studio.dates_text(array_agg(f.held_on))),
            'dates', jsonb_agg(f.held_on order by f.held_on)
        )
    from items as i
    cross join lateral enrollment.free_dates(
        i.section_id, case when p_with_seats then i.dates end
    ) as f
    where
        f.places < (
            select count(*)
            from items as x
            where
                x.section_id = i.section_id
                and f.held_on = any(x.dates)
                and not enrollment.has_seat(
                    v_family_id, p_cart_id, x.student_id, x.section_id, array[f.held_on]
                )
        )
        and not enrollment.has_seat(
            v_family_id, p_cart_id, i.student_id, i.section_id, array[f.held_on]
        )
        and not enrollment.is_owed(i.section_id, array[f.held_on])
    group by i.cart_item_id, i.student_id, i.section_id;
end;
$$;
alter function enrollment.date_findings(bigint, timestamptz, boolean) owner to enrollment;
comment on function enrollment.date_findings(bigint, timestamptz, boolean) is
$$What speaks against the dates that were picked in a cart: date_unknown, date_past,
seat_unavailable.

A part of enrollment.cart_findings().$$;
