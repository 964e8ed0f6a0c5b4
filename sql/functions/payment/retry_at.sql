create or replace function payment.retry_at(
    p_retry_after text, p_as_of timestamptz default now()
)
returns timestamptz
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_at timestamptz;
begin
    if p_retry_after ~ '^[0-9]{1,9}$' then
        v_at := p_as_of + make_interval(secs => p_retry_after::integer);
    elsif p_retry_after ~ '^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$' then
        v_at := to_timestamp(substr(p_retry_after, 6, 20), 'DD Mon YYYY HH24:MI:SS');
    end if;
    -- Whatever it says, we look again within the hour.
    return case when v_at is not null then least(v_at, p_as_of + interval '1 hour') end;
exception
    when data_exception then
        -- A day that does not exist.
        return null;
end;
$$;
alter function payment.retry_at(text, timestamptz) owner to payment;
comment on function payment.retry_at(text, timestamptz) is
$$When a server wants to be asked again, by its header Retry-After: seconds, or an HTTP date.

Within an hour; null when it does not say, or not so that it can be read.$$;
