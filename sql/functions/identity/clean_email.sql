create or replace function identity.clean_email(p_email text)
returns text
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_email constant text := lower(btrim(p_email));
begin
    if v_email is null or length(v_email) > 254 or v_email !~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' then
        perform ops.fail('invalid_email');
    end if;
    return v_email;
end;
$$;
alter function identity.clean_email(text) owner to identity;
comment on function identity.clean_email(text) is
$$An e-mail address as accounts keep it; raises invalid_email.$$;
