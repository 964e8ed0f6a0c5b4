create or replace function identity.sign_token(
    p_account_id bigint, p_role text, p_as_of timestamptz default now()
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_expires_at constant timestamptz
    := p_as_of + make_interval(mins => (studio.settings_of()).token_minutes);
    v_key identity.signing_keys;
    v_version integer;
    v_signed text;
begin
    select k.* into v_key
    from identity.signing_keys as k
    order by k.installed_at desc, k.kid desc
    limit 1;
    if not found then
        raise exception 'there is no signing key: see identity.install_signing_key()';
    end if;
    select a.token_version into strict v_version
    from identity.accounts as a
    where a.id = p_account_id;
    v_signed
    := identity.base64url(
        convert_to(jsonb_build_object('alg', 'HS256', 'typ', 'JWT', 'kid', v_key.kid)::text, 'utf8')
    )
    || '.'
    || identity.base64url(
        convert_to(
            jsonb_build_object(
                'sub', p_account_id::text,
                'role', p_role,
                'studio', auth.studio_id(),
                'version', v_version,
                'exp', floor(extract(epoch from v_expires_at))::bigint
            )::text,
            'utf8'
        )
    );
    return jsonb_build_object(
        'token',
        v_signed || '.'
        || identity.base64url(
            extensions.hmac(convert_to(v_signed, 'utf8'), v_key.secret, 'sha256')
        ),
        'expires_at', v_expires_at,
        'role', p_role
    );
end;
$$;
alter function identity.sign_token(bigint, text, timestamptz) owner to identity;
comment on function identity.sign_token(bigint, text, timestamptz) is
$$An access token (JWT, HS256) of an account for the studio in scope, with its expiry.

PostgREST verifies it; auth.begin_request() checks at every request that it still holds.$$;
