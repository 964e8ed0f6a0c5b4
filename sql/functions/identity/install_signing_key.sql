create or replace function identity.install_signing_key(p_kid text, p_secret bytea)
returns void
language sql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    insert into identity.signing_keys (kid, secret)
    values (p_kid, p_secret)
    on conflict (kid) do nothing
$$;
alter function identity.install_signing_key(text, bytea) owner to identity;
grant execute on function identity.install_signing_key(text, bytea) to deploy;
comment on function identity.install_signing_key(text, bytea) is
$$Take up a key that signs access tokens from now on; PostgREST must have been given it before.

For operators. At least 32 bytes. A known kid is left as it is.$$;
