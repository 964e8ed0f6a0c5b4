create or replace function pricing.basket_items(
    p_picked pricing.picked_item[], p_as_of timestamptz
)
returns pricing.basket_item[]
language plpgsql
stable
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_picked pricing.picked_item;
    v_term_ids bigint [] := array[]::bigint [];
    v_term_id bigint;
    v_settings studio.settings;
    -- Of those who start late, where the term prorates anything.
    v_today date;
    v_of_term pricing.basket_item [];
    v_items pricing.basket_item [] := array[]::pricing.basket_item [];
begin
    foreach v_picked in array p_picked
    loop
        if v_picked.term_id <> all(v_term_ids) then
            v_term_ids := array_append(v_term_ids, v_picked.term_id);
        end if;
    end loop;
    foreach v_term_id in array v_term_ids
    loop
        v_settings := studio.settings_of(v_term_id);
        v_today := null;
        if
            v_settings.tuition_proration <> 'none'
            or exists (
                select
                from pricing.fee_rules as f
                where
                    f.studio_id = v_studio_id
                    and f.term_id = v_term_id
                    and f.proration <> 'none'
                    and p_as_of >= f.valid_from
                    and (f.superseded_at is null or f.superseded_at > p_as_of)
            )
        then
            v_today := studio.local_date(p_as_of);
        end if;
        v_of_term := array(
            select
                (
                    p.cart_id, p.family_id, p.term_id, p.student_id, p.section_id, k.id,
                    -- Single dates are priced by date, whatever the class is sold as.
                    case when p.dates is null then k.price_mode else 'drop_in' end,
                    case when p.dates is null then k.division_id end,
                    k.program_id,
                    -- In the order of the index: nothing to sort.
                    nullif(
                        array(
                            select t.weekday
                            from catalog.section_times as t
                            where
                                t.studio_id = v_studio_id
                                and t.section_id = s.id
                                and (p.weekdays is null or t.weekday = any(p.weekdays))
                            order by t.weekday, t.starts_at
                        ),
                        '{}'
                    ),
                    s.starts_on, s.ends_on,
                    p.enrolled, v_settings.rate_step_basis, d.rank, d.mixes,
                    case
                        when k.program_id is not null
                            then (
                                select g.plan_fee_waived
                                from catalog.programs as g
                                where g.studio_id = v_studio_id and g.id = k.program_id
                            )
                    end,
                    array(
                        select f.fee_code
                        from pricing.fee_exemptions as f
                        where
                            f.studio_id = v_studio_id
                            and f.term_id = p.term_id
                            and f.class_id = k.id
                        order by f.fee_code
                    ),
                    s.location_id, p.tier_id, p.dates, p.add_on_codes, null, null,
                    v_settings.tuition_proration,
                    case when v_today is not null then s.ends_on - s.starts_on + 1 end,
                    case
                        when v_today is not null
                            then greatest(s.ends_on - greatest(s.starts_on, v_today) + 1, 0)
                    end,
                    d.auto_pay_offered
                )::pricing.basket_item
            from unnest(p_picked) as p
            inner join catalog.sections as s on s.studio_id = v_studio_id and p.section_id = s.id
            inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
            left join catalog.divisions as d
                on
                    p.dates is null
                    and d.studio_id = v_studio_id
                    and k.division_id = d.id
            where p.term_id = v_term_id
            order by p.cart_id, p.student_id, p.section_id, p.enrolled, p.dates
        );
        if v_today is not null then
            v_of_term := pricing.with_meetings(v_of_term, p_as_of);
        end if;
        v_items := v_items || v_of_term;
    end loop;
    return v_items;
end;
$$;
alter function pricing.basket_items(pricing.picked_item[], timestamptz) owner to pricing;
comment on function pricing.basket_items(pricing.picked_item[], timestamptz) is
$$What was picked, with all that pricing asks the catalogue and the settings about its section.

The one place that makes a pricing.basket_item, for what is in carts and for what is imagined.$$;
