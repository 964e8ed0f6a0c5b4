create or replace function pricing.check_add_on_rows(p_term_id bigint, p_rows jsonb)
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
    if coalesce(jsonb_typeof(p_rows), 'null') <> 'array' or jsonb_array_length(p_rows) > 5000 then
        perform ops.fail(
            'rule_invalid',
            '{"row": 0, "column": "rows", "problem": "at most 5000 rows are taken, as an array"}'
        );
    end if;
    -- The first row that is not right, and its first column; a CASE looks no further than it must.
    select r.number as "row", p.field as "column", p.problem into v_problem
    from (
        select
            e.number,
            case when jsonb_typeof(e.value) = 'object' then e.value else '{}' end as value,
            jsonb_typeof(e.value) = 'object' as is_object,
            count(*) over (partition by e.value -> 'section_id', e.value -> 'code') as times
        from jsonb_array_elements(p_rows) with ordinality as e (value, number)
    ) as r
    left join catalog.sections as s
        on
            s.studio_id = auth.studio_id()
            and s.term_id = p_term_id
            and r.value -> 'section_id' = to_jsonb(s.id)
    cross join lateral (
        select min(k.key) as key
        from jsonb_object_keys(r.value) as k (key)
        where
            k.key not in (
                'section_id', 'code', 'name', 'description', 'amount_minor', 'required',
                'position'
            )
    ) as u
    cross join lateral (
        values
        (1, 'row', 'it must be an object', r.is_object),
        (2, u.key, 'there is no such column', u.key is null),
        (3, 'section_id', 'the term has no such section', s.id is not null),
        (
            4,
            'code',
            'a code has small letters, digits and _, a letter first, at most 63 of them',
            case
                when jsonb_typeof(r.value -> 'code') = 'string'
                    then r.value ->> 'code' ~ '^[a-z][a-z0-9_]{0,62}$'
            end
        ),
        (5, 'code', 'the section has this code twice', r.times = 1),
        (
            6,
            'name',
            'a name has 1 to 100 characters',
            case
                when jsonb_typeof(r.value -> 'name') = 'string'
                    then length(btrim(r.value ->> 'name')) between 1 and 100
            end
        ),
        (
            7,
            'description',
            'a description has 1 to 1000 characters, or is null',
            case coalesce(jsonb_typeof(r.value -> 'description'), 'null')
                when 'null' then true
                when 'string' then length(btrim(r.value ->> 'description')) between 1 and 1000
            end
        ),
        (
            8,
            'amount_minor',
            'an amount is a whole number of minor units from 0 to 99999999999',
            case
                when jsonb_typeof(r.value -> 'amount_minor') = 'number'
                    then
                        (r.value ->> 'amount_minor')::numeric between 0 and 99999999999
                        and (r.value ->> 'amount_minor')::numeric % 1 = 0
            end
        ),
        (
            9,
            'required',
            'it must be true or false',
            jsonb_typeof(r.value -> 'required') = 'boolean'
        ),
        (
            10,
            'position',
            'a position is a whole number from 0 to 9999',
            case
                when jsonb_typeof(r.value -> 'position') = 'number'
                    then
                        (r.value ->> 'position')::numeric between 0 and 9999
                        and (r.value ->> 'position')::numeric % 1 = 0
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
alter function pricing.check_add_on_rows(bigint, jsonb) owner to pricing;
comment on function pricing.check_add_on_rows(bigint, jsonb) is
$$Look through a table of add-ons before anything of it is saved.

Raises rule_invalid with the first row (counted from 1) and column that is not right.$$;
