create or replace function enrollment.checked_pick(
    p_term_id bigint,
    p_section_id bigint,
    p_tier text,
    p_dates date[],
    p_as_of timestamptz,
    p_weekdays smallint[] default null
)
returns table (
    title text, price_mode text, tier_id bigint, dates date[], weekdays smallint[]
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_section record;
    v_dates constant date [] := array(
        select distinct d.held_on from unnest(p_dates) as d (held_on) order by 1
    );
    v_weekdays constant smallint [] := array(
        select distinct d.weekday from unnest(p_weekdays) as d (weekday) order by 1
    );
    v_unavailable record;
begin
    select s.status, s.price_mode, s.sold_by_weekday, k.title into v_section
    from catalog.sections as s
    inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
    where
        s.studio_id = auth.studio_id()
        and s.term_id = p_term_id
        and s.id = p_section_id
        -- A hidden class is for staff to give.
        and (k.visibility = 'public' or pg_has_role(auth.acting_role(), 'staff', 'member'));
    if not found then
        perform ops.fail('section_not_found');
    elsif v_section.status <> 'open' then
        perform ops.fail('section_not_open', jsonb_build_object('title', v_section.title));
    elsif v_section.price_mode <> 'tiered' and p_tier is not null then
        perform ops.fail('tier_not_offered', jsonb_build_object('title', v_section.title));
    elsif
        p_dates is not null
        and v_section.price_mode <> 'drop_in'
        and not (
            v_section.price_mode = 'standard' and pricing.has_date_prices(p_section_id)
        )
    then
        perform ops.fail('dates_not_offered', jsonb_build_object('title', v_section.title));
    elsif p_weekdays is not null and not v_section.sold_by_weekday then
        perform ops.fail('weekdays_not_offered', jsonb_build_object('title', v_section.title));
    elsif
        p_weekdays is not null
        and (
            p_dates is not null
            or v_weekdays = '{}'
            or cardinality(v_weekdays) <> cardinality(p_weekdays)
            or array_position(v_weekdays, null) is not null
        )
    then
        perform ops.fail('weekdays_invalid');
    elsif
        exists (
            select
            from unnest(p_weekdays) as d (weekday)
            where
                d.weekday not in (
                    select t.weekday
                    from catalog.section_times as t
                    where t.studio_id = auth.studio_id() and t.section_id = p_section_id
                )
        )
    then
        perform ops.fail('weekday_unknown', jsonb_build_object('title', v_section.title));
    end if;
    title := v_section.title;
    if p_weekdays is not null then
        weekdays := v_weekdays;
    end if;
    price_mode := v_section.price_mode;
    if v_section.price_mode = 'tiered' then
        if p_tier is null then
            perform ops.fail('tier_required', jsonb_build_object('title', v_section.title));
        end if;
        select t.id into tier_id
        from catalog.section_tiers as t
        where
            t.studio_id = auth.studio_id()
            and t.section_id = p_section_id
            and t.code = p_tier
            and t.is_offered;
        if not found then
            perform ops.fail('tier_unknown', jsonb_build_object('title', v_section.title));
        end if;
    elsif v_section.price_mode = 'drop_in' or p_dates is not null then
        if v_dates = '{}' then
            perform ops.fail('dates_required', jsonb_build_object('title', v_section.title));
        elsif
            cardinality(v_dates) <> cardinality(p_dates)
            or array_position(v_dates, null) is not null
        then
            perform ops.fail('dates_invalid');
        end if;
        select u.code, u.held_on into v_unavailable
        from enrollment.unavailable_dates(p_section_id, v_dates, p_as_of) as u
        limit 1;
        if found then
            perform ops.fail(
                case v_unavailable.code when 'date_past' then 'date_past' else 'date_unknown' end,
                jsonb_build_object(
                    'title', v_section.title,
                    'date', case
                        when v_unavailable.held_on between '0001-01-01' and '9999-12-31'
                            then studio.dates_text(array[v_unavailable.held_on])
                        else 'that day'
                    end
                )
            );
        end if;
        dates := v_dates;
    end if;
    return next;
end;
$$;
alter function enrollment.checked_pick(
    bigint, bigint, text, date[], timestamptz, smallint[]
) owner to enrollment;
grant execute on function enrollment.checked_pick(
    bigint, bigint, text, date[], timestamptz, smallint[]
) to pricing;
comment on function enrollment.checked_pick(
    bigint, bigint, text, date[], timestamptz, smallint[]
) is
$$A section as it may be picked now, with the tier, the weekdays or the dates of it.

For a cart, and for a preview of one. dates, weekdays: in order. Raises section_not_found, section_not_open,
tier_required, tier_unknown, tier_not_offered, dates_required, dates_invalid, dates_not_offered,
date_unknown, date_past, weekdays_not_offered, weekdays_invalid, weekday_unknown.$$;
