create or replace function messaging.lift_suppression(p_channel text, p_address text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    update messaging.suppressions as s
    set lifted_at = now()
    where
        s.channel = p_channel
        and s.address_hash = messaging.address_hash(p_channel, p_address)
        and s.lifted_at is null;
end;
$$;
alter function messaging.lift_suppression(text, text) owner to messaging;
comment on function messaging.lift_suppression(text, text) is
$$Send to an address again.$$;
