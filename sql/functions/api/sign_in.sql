create or replace function api.sign_in(email text, password text, role text default 'customer')
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_email text;
    v_digest bytea;
    v_settings studio.settings;
    v_account_id bigint;
    v_hash text;
    v_failures bigint;
begin
    perform auth.require('anon', 'customer', 'instructor');
    v_email := identity.clean_email(sign_in.email);
    v_digest := sha256(convert_to(v_email, 'utf8'));
    v_settings := studio.settings_of();
    -- Tries of one address queue, so that many at once are counted one by one.
    perform pg_advisory_xact_lock(hashtextextended('sign in ' || v_email, 0));
    select count(*) into v_failures
    from identity.sign_in_attempts as t
    where
        t.email_digest = v_digest
        and t.attempted_at > now() - make_interval(mins => v_settings.sign_in_window_minutes);
    if v_failures >= v_settings.sign_in_attempts then
        return ops.counted_failure('too_many_attempts');
    end if;
    select a.id, c.password_hash into v_account_id, v_hash
    from identity.accounts as a
    inner join identity.credentials as c on a.id = c.account_id
    where a.email = v_email and a.status = 'active';
    -- An unknown address costs the same time as a wrong password.
    v_hash := coalesce(
        v_hash, extensions.gen_salt('bf', v_settings.password_hash_cost)
    );
    if
        extensions.crypt(left(coalesce(sign_in.password, ''), 72), v_hash) <> v_hash
        or v_account_id is null
    then
        insert into identity.sign_in_attempts (email_digest) values (v_digest);
        return ops.counted_failure('sign_in_failed');
    end if;
    if sign_in.role = 'customer' then
        perform identity.open_family(v_account_id);
    elsif not studio.holds_role(v_account_id, sign_in.role) then
        return ops.counted_failure('not_allowed');
    end if;
    delete from identity.sign_in_attempts as t where t.email_digest = v_digest;
    return identity.sign_token(v_account_id, sign_in.role);
end;
$$;
alter function api.sign_in(text, text, text) owner to identity;
grant execute on function api.sign_in(text, text, text) to anon;
grant execute on function api.sign_in(text, text, text) to customer;
grant execute on function api.sign_in(text, text, text) to instructor;
comment on function api.sign_in(text, text, text) is
$$Exchange address and password for an access token: {token, expires_at, role}.

For everybody, with the header X-Studio. role: customer, or a role the account holds at the studio
(instructor, staff, manager, owner, platform_admin). Send the token as `Authorization: Bearer`.
Errors: invalid_email, sign_in_failed, too_many_attempts, not_allowed, studio_required.$$;
