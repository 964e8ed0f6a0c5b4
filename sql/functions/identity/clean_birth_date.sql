create or replace function identity.clean_birth_date(
    p_birth_date date, p_as_of timestamptz default now()
)
returns date
language plpgsql
stable
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if
        p_birth_date is null
        or p_birth_date < date '1900-01-01'
        or p_birth_date > studio.local_date(p_as_of)
    then
        perform ops.fail('invalid_birth_date');
    end if;
    return p_birth_date;
end;
$$;
alter function identity.clean_birth_date(date, timestamptz) owner to identity;
comment on function identity.clean_birth_date(date, timestamptz) is
$$A birth date that is not in the future at the studio; raises invalid_birth_date.$$;
