create or replace function identity.clean_birth_date(
    p_birth_date text, p_as_of timestamptz default now()
)
returns date
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_birth_date date;
begin
    -- As text: a date that does not exist would be refused, and quoted in the server's log, before
    -- any function of ours sees it.
    if p_birth_date ~ '^\d{4}-\d{2}-\d{2}$' then
        begin
            v_birth_date := to_date(p_birth_date, 'YYYY-MM-DD');
        exception
            when datetime_field_overflow then null;
        end;
    end if;
    if
        v_birth_date is null
        or v_birth_date < date '1900-01-01'
        or v_birth_date > studio.local_date(p_as_of)
    then
        perform ops.fail('invalid_birth_date');
    end if;
    return v_birth_date;
end;
$$;
alter function identity.clean_birth_date(text, timestamptz) owner to identity;
comment on function identity.clean_birth_date(text, timestamptz) is
$$A birth date (YYYY-MM-DD) that is not in the future at the studio; raises invalid_birth_date.$$;
