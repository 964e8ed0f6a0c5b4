create or replace function payment.refusal_code(p_failures jsonb, p_status integer)
returns text
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    -- The first failure is only the status in words, where there is another one.
    select
        coalesce(
            (
                select f.failure ->> 'code'
                from jsonb_array_elements(p_failures) with ordinality as f (failure, position)
                order by f.failure ->> 'code' = 'badRequest', f.position
                limit 1
            ),
            'status_' || p_status
        )
$$;
alter function payment.refusal_code(jsonb, integer) owner to payment;
comment on function payment.refusal_code(jsonb, integer) is
$$The gateway's code for why it refused something, of the failures kept with the call.

Where it named none its HTTP status; null where it did not answer.$$;
