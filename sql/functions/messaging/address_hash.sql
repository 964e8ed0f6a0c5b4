create or replace function messaging.address_hash(p_channel text, p_address text)
returns bytea
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    -- Whatever mailbox a domain makes of capital letters, accounts have none.
    select sha256(convert_to(p_channel || ':' || lower(btrim(p_address)), 'UTF8'))
$$;
alter function messaging.address_hash(text, text) owner to messaging;
comment on function messaging.address_hash(text, text) is
$$The digest by which a suppressed address is known.$$;
