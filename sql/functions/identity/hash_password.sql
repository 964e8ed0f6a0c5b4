create or replace function identity.hash_password(p_password text)
returns text
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_settings constant studio.settings := studio.settings_of();
begin
    if length(coalesce(p_password, '')) < v_settings.password_min_length then
        perform ops.fail(
            'password_too_short', jsonb_build_object('min_length', v_settings.password_min_length)
        );
    elsif octet_length(p_password) > 72 then
        -- bcrypt would ignore the rest without a word.
        perform ops.fail('password_too_long');
    end if;
    return extensions.crypt(p_password, extensions.gen_salt('bf', v_settings.password_hash_cost));
end;
$$;
alter function identity.hash_password(text) owner to identity;
comment on function identity.hash_password(text) is
$$The bcrypt hash of a new password; raises password_too_short or password_too_long.$$;
