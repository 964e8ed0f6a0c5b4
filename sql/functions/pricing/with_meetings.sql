create or replace function pricing.with_meetings(
    p_items pricing.basket_item[], p_as_of timestamptz
)
returns pricing.basket_item[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    return array(
        select
            jsonb_populate_record(
                i.item,
                jsonb_build_object('meetings', m.meetings, 'meetings_left', m.meetings_left)
            )
        from (
            select u as item, row_number() over () as number
            from unnest(p_items) as u
        ) as i
        left join (
            select
                x.section_id,
                x.weekdays,
                count(*) as meetings,
                count(*) filter (where g.starts_at >= p_as_of) as meetings_left
            from (
                select distinct u.section_id, u.weekdays
                from unnest(p_items) as u
            ) as x
            inner join catalog.meetings as g
                on
                    g.studio_id = v_studio_id
                    and g.status = 'scheduled'
                    and x.section_id = g.section_id
            left join catalog.section_times as t
                on
                    t.studio_id = v_studio_id
                    and g.section_id = t.section_id
                    and g.section_time_id = t.id
            where
                x.weekdays is null
                or coalesce(t.weekday, extract(isodow from coalesce(g.moved_from, g.held_on)))
                = any(x.weekdays)
                -- All weekdays are the whole section, with what was put on another day.
                or not exists (
                    select
                    from catalog.section_times as o
                    where
                        o.studio_id = v_studio_id
                        and o.section_id = x.section_id
                        and o.weekday <> all(x.weekdays)
                )
            group by x.section_id, x.weekdays
        ) as m
            on
                (i.item).section_id = m.section_id
                and (i.item).weekdays is not distinct from m.weekdays
        order by i.number
    );
end;
$$;
alter function pricing.with_meetings(pricing.basket_item[], timestamptz) owner to pricing;
comment on function pricing.with_meetings(pricing.basket_item[], timestamptz) is
$$Items with how many dated meetings their sections have on their weekdays, in all and not yet
begun, in their order.

For terms that prorate something.$$;
