create or replace function pricing.check_tier_rows(p_rows jsonb)
returns void
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_hour constant text := '^([01][0-9]|2[0-3]):[0-5][0-9]$';
    v_problem record;
begin
    if coalesce(jsonb_typeof(p_rows), 'null') <> 'array' or jsonb_array_length(p_rows) > 100 then
        perform ops.fail(
            'rule_invalid',
            '{"row": 0, "column": "rows", "problem": "at most 100 rows are taken, as an array"}'
        );
    end if;
    -- The first row that is not right, and its first column; a CASE looks no further than it must.
    select r.number as "row", p.field as "column", p.problem into v_problem
    from (
        select
            e.number,
            case when jsonb_typeof(e.value) = 'object' then e.value else '{}' end as value,
            jsonb_typeof(e.value) = 'object' as is_object,
            count(*) over (partition by e.value -> 'code') as times
        from jsonb_array_elements(p_rows) with ordinality as e (value, number)
    ) as r
    cross join lateral (
        select min(k.key) as key
        from jsonb_object_keys(r.value) as k (key)
        where k.key not in ('code', 'name', 'starts_at', 'ends_at', 'position', 'amount_minor')
    ) as u
    cross join lateral (
        values
        (1, 'row', 'it must be an object', r.is_object),
        (2, u.key, 'there is no such column', u.key is null),
        (
            3,
            'code',
            'a code has small letters, digits and _, a letter first, at most 63 of them',
            case
                when jsonb_typeof(r.value -> 'code') = 'string'
                    then r.value ->> 'code' ~ '^[a-z][a-z0-9_]{0,62}$'
            end
        ),
        (4, 'code', 'the section has this code twice', r.times = 1),
        (
            5,
            'name',
            'a name has 1 to 100 characters',
            case
                when jsonb_typeof(r.value -> 'name') = 'string'
                    then length(btrim(r.value ->> 'name')) between 1 and 100
            end
        ),
        (6, 'starts_at', 'an hour is written as 09:30', r.value ->> 'starts_at' ~ v_hour),
        (7, 'ends_at', 'an hour is written as 09:30', r.value ->> 'ends_at' ~ v_hour),
        (
            8,
            'ends_at',
            'it must end after it starts',
            r.value ->> 'starts_at' collate "C" < r.value ->> 'ends_at' collate "C"
        ),
        (
            9,
            'position',
            'a position is a whole number from 0 to 9999',
            case
                when jsonb_typeof(r.value -> 'position') = 'number'
                    then
                        (r.value ->> 'position')::numeric between 0 and 9999
                        and (r.value ->> 'position')::numeric % 1 = 0
            end
        ),
        (
            10,
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
alter function pricing.check_tier_rows(jsonb) owner to pricing;
comment on function pricing.check_tier_rows(jsonb) is
$$Check the rows that tiers are saved by, all of them before one is written.

Raises rule_invalid with row (from 1), column and problem in its details.$$;
