create or replace function payment.failures_of(p_answer jsonb)
returns jsonb
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    -- Its descriptions are for people and may be about one.
    select jsonb_agg(jsonb_build_object('code', c.code, 'field', c.field) order by f.position)
    from
        jsonb_array_elements(
            case jsonb_typeof(p_answer -> 'failures')
                when 'array' then p_answer -> 'failures' else '[]'
            end
        ) with ordinality as f (failure, position)
    cross join lateral (
        select
            substring(f.failure ->> 'code' from '^[A-Za-z0-9_]{1,64}$') as code,
            substring(f.failure ->> 'field' from '^[A-Za-z][A-Za-z0-9_.\[\] -]{0,99}$') as field
    ) as c
    where f.position <= 20 and c.code is not null
$$;
alter function payment.failures_of(jsonb) owner to payment;
comment on function payment.failures_of(jsonb) is
$$What an answer says went wrong: [{"code": …, "field": …}], in its order; null: nothing.

With the HTTP status the first names the kind and the others say what it was about.$$;
