create or replace function api.sign_up(
    email text,
    password text,
    full_name text,
    phone text default null,
    sms_opt_in boolean default false
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_email text;
    v_full_name text;
    v_password_hash text;
    v_account_id bigint;
begin
    perform auth.require('anon', 'customer', 'instructor');
    v_email := identity.clean_email(sign_up.email);
    v_full_name := identity.clean_name(sign_up.full_name);
    if sign_up.phone !~ '^\+[1-9][0-9]{6,14}$' then
        perform ops.fail('invalid_phone');
    elsif sign_up.sms_opt_in and sign_up.phone is null then
        perform ops.fail('phone_required');
    end if;
    v_password_hash := identity.hash_password(sign_up.password);
    insert into identity.accounts (email, full_name, phone)
    values (v_email, v_full_name, sign_up.phone)
    on conflict on constraint accounts_email_key do nothing
    returning id into v_account_id;
    -- A known address gets the same answer, and nothing of its account is changed.
    if v_account_id is not null then
        insert into identity.credentials (account_id, password_hash)
        values (v_account_id, v_password_hash);
        perform identity.open_family(v_account_id, coalesce(sign_up.sms_opt_in, false));
    end if;
    return jsonb_build_object('email', v_email, 'next', 'sign_in');
end;
$$;
alter function api.sign_up(text, text, text, text, boolean) owner to identity;
grant execute on function api.sign_up(text, text, text, text, boolean) to anon;
grant execute on function api.sign_up(text, text, text, text, boolean) to customer;
grant execute on function api.sign_up(text, text, text, text, boolean) to instructor;
comment on function api.sign_up(text, text, text, text, boolean) is
$$Open an account, and a family at the studio in scope.

For everybody, with the header X-Studio. phone: E.164. sms_opt_in: wants messages by SMS too.
Answers {email, next} alike for known and unknown addresses; a known account stays as it is.
Errors: invalid_email, name_required, invalid_phone, phone_required, password_too_short,
password_too_long, studio_required.$$;
