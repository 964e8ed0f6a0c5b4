create or replace function identity.base64url(p_bytes bytea)
returns text
language sql
immutable
parallel safe
set search_path = ''
set timezone = 'UTC'
as $$
    select translate(encode(p_bytes, 'base64'), E'+/=\n', '-_')
$$;
alter function identity.base64url(bytea) owner to identity;
comment on function identity.base64url(bytea) is
$$Base64 as JWT writes it: URL-safe, without padding.$$;
