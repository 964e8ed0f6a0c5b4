create or replace function pricing.check_class_price_rows(p_term_id bigint, p_rows jsonb)
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
            count(*) over (partition by e.value -> 'class_id') as times
        from jsonb_array_elements(p_rows) with ordinality as e (value, number)
    ) as r
    left join catalog.classes as k
        on
            k.studio_id = auth.studio_id()
            and k.term_id = p_term_id
            and k.price_mode = 'standard'
            and r.value -> 'class_id' = to_jsonb(k.id)
    cross join lateral (
        select min(u.key) as key
        from jsonb_object_keys(r.value) as u (key)
        where u.key not in ('class_id', 'amount_minor', 'reason')
    ) as u
    cross join lateral (
        values
        (1, 'row', 'it must be an object', r.is_object),
        (2, u.key, 'there is no such column', u.key is null),
        (
            3, 'class_id', 'the term has no such class that the rate table prices',
            k.id is not null
        ),
        (4, 'class_id', 'the class is there twice', r.times = 1),
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
        ),
        (
            6,
            'reason',
            'a reason has 1 to 500 characters',
            case
                when jsonb_typeof(r.value -> 'reason') = 'string'
                    then length(btrim(r.value ->> 'reason')) between 1 and 500
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
alter function pricing.check_class_price_rows(bigint, jsonb) owner to pricing;
comment on function pricing.check_class_price_rows(bigint, jsonb) is
$$Look through a table of flat class prices before anything of it is saved.

Raises rule_invalid with the first row (counted from 1) and column that is not right.$$;
