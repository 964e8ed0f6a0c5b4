create or replace function enrollment.release_lapsed(
    p_family_id bigint default null,
    p_section_ids bigint[] default null,
    p_registration_ids bigint[] default null,
    p_wait boolean default false,
    p_as_of timestamptz default now()
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_lapsed_id bigint;
    v_released integer := 0;
begin
    foreach v_lapsed_id in array enrollment.lock_lapsed(
        p_family_id, p_section_ids, p_registration_ids, p_wait, p_as_of
    )
    loop
        perform enrollment.release_registration(v_lapsed_id, 'failed', 'hold_lapsed');
        v_released := v_released + 1;
    end loop;
    return v_released;
end;
$$;
alter function enrollment.release_lapsed(bigint, bigint[], bigint[], boolean, timestamptz)
owner to enrollment;
comment on function enrollment.release_lapsed(bigint, bigint[], bigint[], boolean, timestamptz) is
$$Release lapsed registrations, all or those of a family, of sections or listed; answers how many.

p_wait: also those that somebody else holds at this moment, once it is known what became of them.
A place that is just being freed would otherwise be refused to whoever needs it.$$;
