create or replace function payment.href_id(p_href text)
returns text
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    -- Only the id: whatever host the text names, requests go to our own configured one.
    select substring(
        p_href from '^(?:https?://[^/?#\s]+/(?:[^/?#\s]+/)*)?([A-Za-z0-9_-]+)/?$'
    )
$$;
alter function payment.href_id(text) owner to payment;
comment on function payment.href_id(text) is
$$The id at the end of one of the gateway's references; null when there is none.$$;
