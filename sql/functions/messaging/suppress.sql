create or replace function messaging.suppress(p_channel text, p_address text, p_reason text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    insert into messaging.suppressions as s (channel, address_hash, reason)
    values (p_channel, messaging.address_hash(p_channel, p_address), p_reason)
    on conflict (channel, address_hash) where lifted_at is null do nothing;
end;
$$;
alter function messaging.suppress(text, text, text) owner to messaging;
comment on function messaging.suppress(text, text, text) is
$$Send nothing to an address any more; the first reason stays.$$;
