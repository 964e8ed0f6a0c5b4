create or replace function payment.has_failure(
    p_failures jsonb, p_code text, p_field text default null
)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    select
        exists (
            select
            from jsonb_to_recordset(coalesce(p_failures, '[]')) as f (code text, field text)
            where (p_code is null or f.code = p_code) and (p_field is null or f.field = p_field)
        )
$$;
alter function payment.has_failure(jsonb, text, text) owner to payment;
comment on function payment.has_failure(jsonb, text, text) is
$$Whether one of the failures kept with a call is of this code and about this field.

Either may be null, for any.

Many of the gateway's rules share the code fieldValidationFailure and differ by the field alone.$$;
