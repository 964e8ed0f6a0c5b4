create or replace function messaging.suppression(p_channel text, p_address text)
returns text
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select s.reason
    from messaging.suppressions as s
    where
        s.channel = p_channel
        and s.address_hash = messaging.address_hash(p_channel, p_address)
        and s.lifted_at is null
$$;
alter function messaging.suppression(text, text) owner to messaging;
grant execute on function messaging.suppression(text, text) to identity;
comment on function messaging.suppression(text, text) is
$$Why no message goes to an address: stopped, bounced or complained; null: they do.

For identity, which tells whoever wants texts again.$$;
