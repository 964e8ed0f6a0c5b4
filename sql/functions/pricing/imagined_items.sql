create or replace function pricing.imagined_items(p_items jsonb, p_cart_id bigint)
returns pricing.picked_item[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    c_most_items constant integer := 50;
    c_most_of_item constant integer := 200;
    v_wrong record;
    v_term_ids bigint [];
    v_item record;
    v_pick record;
    v_picked pricing.picked_item [] := array[]::pricing.picked_item [];
begin
    if jsonb_typeof(p_items) is distinct from 'array' then
        perform ops.fail('request_malformed');
    elsif p_items = '[]' then
        perform ops.fail('cart_empty');
    elsif jsonb_array_length(p_items) > c_most_items then
        perform ops.fail('preview_too_large', jsonb_build_object('most', c_most_items));
    end if;
    select i.position as item, w.problem into v_wrong
    from jsonb_array_elements(p_items) with ordinality as i (value, position)
    cross join lateral (
        select
            case
                when jsonb_typeof(i.value -> 'student') = 'number'
                    then (i.value -> 'student')::numeric
            end as student,
            case
                when jsonb_typeof(i.value -> 'section_id') = 'number'
                    then (i.value -> 'section_id')::numeric
            end as section_id,
            coalesce(jsonb_typeof(i.value -> 'tier'), 'null') as tier,
            coalesce(jsonb_typeof(i.value -> 'dates'), 'null') as dates,
            coalesce(jsonb_typeof(i.value -> 'weekdays'), 'null') as weekdays,
            coalesce(jsonb_typeof(i.value -> 'add_ons'), 'null') as add_ons
    ) as g
    cross join lateral (
        select
            case
                when jsonb_typeof(i.value) <> 'object' then 'it must be an object'
                when
                    i.value
                    - array['student', 'section_id', 'tier', 'weekdays', 'dates', 'add_ons']
                    <> '{}'
                    then
                        'it has a student, section id, tier, weekdays, dates and add ons, and no more'
                when coalesce(g.student % 1 <> 0 or g.student not between 1 and 10, true)
                    then 'student must be a whole number from 1 to 10'
                when
                    coalesce(
                        g.section_id % 1 <> 0
                        or g.section_id not between 1 and 9223372036854775807,
                        true
                    )
                    then 'section id must be that of a class'
                when g.tier not in ('string', 'null') then 'tier must be a code'
                when
                    greatest(
                        jsonb_array_length(
                            case g.dates when 'array' then i.value -> 'dates' else '[]' end
                        ),
                        jsonb_array_length(
                            case g.add_ons when 'array' then i.value -> 'add_ons' else '[]' end
                        )
                    ) > c_most_of_item
                    then format('dates and add ons must be no more than %s', c_most_of_item)
                when
                    g.weekdays not in ('array', 'null')
                    or exists (
                        select
                        from jsonb_array_elements(
                            case g.weekdays when 'array' then i.value -> 'weekdays' else '[]' end
                        ) as d (value)
                        where d.value not in ('1', '2', '3', '4', '5', '6', '7')
                    )
                    then 'weekdays must be a list of numbers from 1 to 7'
                when
                    g.dates not in ('array', 'null')
                    or exists (
                        select
                        from jsonb_array_elements(
                            case g.dates when 'array' then i.value -> 'dates' else '[]' end
                        ) as d (value)
                        where pricing.date_of(d.value) is null
                    )
                    then 'dates must be a list of dates as 2027-01-31'
                when
                    g.add_ons not in ('array', 'null')
                    or exists (
                        select
                        from jsonb_array_elements(
                            case g.add_ons when 'array' then i.value -> 'add_ons' else '[]' end
                        ) as a (value)
                        where jsonb_typeof(a.value) <> 'string'
                    )
                    then 'add ons must be a list of codes'
            end as problem
    ) as w
    where w.problem is not null
    order by i.position
    limit 1;
    if found then
        perform ops.fail('preview_invalid', to_jsonb(v_wrong));
    end if;
    v_term_ids := array(
        select distinct s.term_id
        from jsonb_array_elements(p_items) as i (value)
        inner join catalog.sections as s
            on s.studio_id = v_studio_id and s.id = (i.value -> 'section_id')::bigint
        inner join catalog.terms as t on s.studio_id = t.studio_id and s.term_id = t.id
        where t.status = 'published'
    );
    if cardinality(v_term_ids) > 1 then
        perform ops.fail('terms_mixed');
    end if;
    for v_item in
        select
            (i.value -> 'student')::bigint as student_id,
            (i.value -> 'section_id')::bigint as section_id,
            i.value ->> 'tier' as tier,
            case jsonb_typeof(i.value -> 'dates')
                when 'array'
                    then array(
                        select pricing.date_of(d.value)
                        from jsonb_array_elements(i.value -> 'dates') as d (value)
                    )
            end as dates,
            case jsonb_typeof(i.value -> 'weekdays')
                when 'array'
                    then array(
                        select (d.value)::smallint
                        from jsonb_array_elements(i.value -> 'weekdays') as d (value)
                    )
            end as weekdays,
            case jsonb_typeof(i.value -> 'add_ons')
                when 'array'
                    then array(select jsonb_array_elements_text(i.value -> 'add_ons'))
            end as add_on_codes
        from jsonb_array_elements(p_items) with ordinality as i (value, position)
        order by i.position
    loop
        select p.* into strict v_pick
        from enrollment.checked_pick(
            v_term_ids[1], v_item.section_id, v_item.tier, v_item.dates, now(),
            v_item.weekdays
        ) as p;
        if exists (
            select
            from unnest(v_picked) as p
            where p.student_id = v_item.student_id and p.section_id = v_item.section_id
        ) then
            perform ops.fail('already_in_cart', jsonb_build_object('title', v_pick.title));
        end if;
        v_picked := v_picked
        || (
            p_cart_id, null, v_term_ids[1], v_item.student_id, v_item.section_id,
            v_pick.tier_id, v_pick.dates, v_item.add_on_codes, false, v_pick.weekdays
        )::pricing.picked_item;
    end loop;
    return v_picked;
end;
$$;
alter function pricing.imagined_items(jsonb, bigint) owner to pricing;
comment on function pricing.imagined_items(jsonb, bigint) is
$$The classes that imagined students pick, as somebody sent them, checked as a cart checks its own.

p_items: array of {student, section_id, tier, weekdays, dates, add_ons}, see api.preview_price(). All of one
published term; p_cart_id: any number. Raises request_malformed, cart_empty, preview_too_large,
preview_invalid, terms_mixed, already_in_cart and what enrollment.checked_pick() raises.$$;
