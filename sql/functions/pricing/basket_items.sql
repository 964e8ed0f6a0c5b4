create or replace function pricing.basket_items(
    p_picked pricing.picked_item[], p_as_of timestamptz
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
    v_items pricing.basket_item [];
begin
    -- Once a term, not once an item.
    with settings as materialized (
        select
            t.term_id,
            t.settings,
            -- Of those who start late, where the term prorates anything.
            case
                when
                    (t.settings).tuition_proration <> 'none'
                    or exists (
                        select
                        from pricing.fee_rules as f
                        where
                            f.studio_id = v_studio_id
                            and f.term_id = t.term_id
                            and f.proration <> 'none'
                            and p_as_of >= f.valid_from
                            and (f.superseded_at is null or f.superseded_at > p_as_of)
                    )
                    then studio.local_date(p_as_of)
            end as today
        from (
            select p.term_id, studio.settings_of(p.term_id) as settings
            from unnest(p_picked) as p
            group by p.term_id
        ) as t
    )

    select
        array_agg(
            (
                p.cart_id, p.family_id, p.term_id, p.student_id, p.section_id, k.id, k.price_mode,
                k.division_id, k.program_id, t.weekdays, s.starts_on, s.ends_on, p.enrolled,
                (b.settings).rate_step_basis, d.rank, d.mixes, g.plan_fee_waived, x.fee_codes,
                s.location_id, p.tier_id, p.dates, p.add_on_codes, null, null,
                (b.settings).tuition_proration,
                case when b.today is not null then s.ends_on - s.starts_on + 1 end,
                case
                    when b.today is not null
                        then greatest(s.ends_on - greatest(s.starts_on, b.today) + 1, 0)
                end,
                d.auto_pay_offered
            )::pricing.basket_item
            order by p.cart_id, p.student_id, p.section_id, p.enrolled, p.dates
        )
    into v_items
    from unnest(p_picked) as p
    inner join catalog.sections as s on s.studio_id = v_studio_id and p.section_id = s.id
    inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
    inner join settings as b on p.term_id = b.term_id
    left join catalog.divisions as d on d.studio_id = v_studio_id and k.division_id = d.id
    left join catalog.programs as g on g.studio_id = v_studio_id and k.program_id = g.id
    cross join lateral (
        select coalesce(array_agg(f.fee_code order by f.fee_code), '{}') as fee_codes
        from pricing.fee_exemptions as f
        where f.studio_id = v_studio_id and f.term_id = p.term_id and f.class_id = k.id
    ) as x
    cross join lateral (
        select array_agg(st.weekday order by st.weekday, st.starts_at) as weekdays
        from catalog.section_times as st
        where st.studio_id = s.studio_id and st.section_id = s.id
    ) as t;
    -- Meetings are counted where something prorates only.
    if exists (select from unnest(v_items) as i where i.days is not null) then
        v_items := array(
            select
                jsonb_populate_record(
                    i.item,
                    jsonb_build_object('meetings', m.meetings, 'meetings_left', m.meetings_left)
                )
            from (
                select u as item, row_number() over () as number
                from unnest(v_items) as u
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
                    and g.section_id in (
                        select x.section_id from unnest(v_items) as x where x.days is not null
                    )
                group by g.section_id
            ) as m on (i.item).days is not null and (i.item).section_id = m.section_id
            order by i.number
        );
    end if;
    return coalesce(v_items, '{}');
end;
$$;
alter function pricing.basket_items(pricing.picked_item[], timestamptz) owner to pricing;
comment on function pricing.basket_items(pricing.picked_item[], timestamptz) is
$$What was picked, with all that pricing asks the catalogue and the settings about its section.

The one place that makes a pricing.basket_item, for what is in carts and for what is imagined.$$;
