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
                g.section_id,
                count(*) as meetings,
                count(*) filter (where g.starts_at >= p_as_of) as meetings_left
            from catalog.meetings as g
            where
                g.studio_id = v_studio_id
                and g.status = 'scheduled'
                and g.section_id in (select x.section_id from unnest(p_items) as x)
            group by g.section_id
        ) as m on (i.item).section_id = m.section_id
        order by i.number
    );
end;
$$;
alter function pricing.with_meetings(pricing.basket_item[], timestamptz) owner to pricing;
comment on function pricing.with_meetings(pricing.basket_item[], timestamptz) is
$$Items with how many dated meetings their sections have, in all and not yet begun, in their order.

For terms that prorate something.$$;
