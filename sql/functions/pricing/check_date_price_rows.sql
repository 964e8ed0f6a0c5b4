create or replace function pricing.check_date_price_rows(p_section_id bigint, p_rows jsonb)
returns void
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_problem record;
begin
    if coalesce(jsonb_typeof(p_rows), 'null') <> 'array' or jsonb_array_length(p_rows) > 1000 then
        perform ops.fail(
            'rule_invalid',
            '{"row": 0, "column": "rows", "problem": "at most 1000 rows are taken, as an array"}'
        );
    end if;
    -- The first row that is not right, and its first column; a CASE looks no further than it must.
    select r.number as "row", p.field as "column", p.problem into v_problem
    from (
        select
            e.number,
            case when jsonb_typeof(e.value) = 'object' then e.value else '{}' end as value,
            jsonb_typeof(e.value) = 'object' as is_object,
            count(*) over (partition by e.value ->> 'held_on') as times
        from jsonb_array_elements(p_rows) with ordinality as e (value, number)
    ) as r
    cross join lateral (
        select min(k.key) as key
        from jsonb_object_keys(r.value) as k (key)
        where k.key not in ('held_on', 'amount_minor')
    ) as u
    cross join lateral (
        values
        (1, 'row', 'it must be an object', r.is_object),
        (2, u.key, 'there is no such column', u.key is null),
        (
            3,
            'held_on',
            'the class is not held on this date',
            case
                when r.value -> 'held_on' = 'null' then true
                else
                    exists (
                        select
                        from catalog.meetings as m
                        where
                            m.studio_id = auth.studio_id()
                            and m.section_id = p_section_id
                            and to_jsonb(m.held_on) = r.value -> 'held_on'
                    )
                    -- What has a price already may be saved as it is.
                    or exists (
                        select
                        from pricing.date_prices as d
                        where
                            d.studio_id = auth.studio_id()
                            and d.section_id = p_section_id
                            and d.superseded_at is null
                            and to_jsonb(d.held_on) = r.value -> 'held_on'
                    )
            end
        ),
        (4, 'held_on', 'this date is there twice', r.times = 1),
        (
            5,
            'amount_minor',
            'an amount is a whole number of minor units from 0 to 99999999999',
            case
                when jsonb_typeof(r.value -> 'amount_minor') = 'number'
                    then
                        (r.value ->> 'amount_minor')::numeric between 0 and 99999999999
                        and (r.value ->> 'amount_minor')::numeric % 1 = 0
            end
        )
    ) as p (number, field, problem, is_right)
    where p.is_right is not true
    order by r.number, p.number
    limit 1;
    if found then
        perform ops.fail('rule_invalid', to_jsonb(v_problem));
    end if;
end;
$$;
alter function pricing.check_date_price_rows(bigint, jsonb) owner to pricing;
comment on function pricing.check_date_price_rows(bigint, jsonb) is
$$Check the rows that prices of dates are saved by, all of them before one is written.

Raises rule_invalid with row (from 1), column and problem in its details.$$;
