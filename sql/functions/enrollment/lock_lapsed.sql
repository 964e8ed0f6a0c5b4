create or replace function enrollment.lock_lapsed(
    p_family_id bigint,
    p_section_ids bigint[],
    p_registration_ids bigint[],
    p_wait boolean,
    p_as_of timestamptz
)
returns bigint[]
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- The lapsed holds of every family.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_lapsed_id bigint;
    v_locked_ids bigint [] := array[]::bigint [];
begin
    -- By id: two who each wait for what the other one holds would wait for ever.
    for v_lapsed_id in
        select r.id
        from enrollment.lapsed_registrations(p_as_of) as r
        where
            r.studio_id = v_studio_id
            and (
                num_nonnulls(p_family_id, p_section_ids, p_registration_ids) = 0
                or r.family_id = p_family_id
                or r.id = any(p_registration_ids)
                or exists (
                    select
                    from enrollment.enrollments as e
                    where
                        e.studio_id = r.studio_id
                        and e.family_id = r.family_id
                        and e.registration_id = r.id
                        and e.section_id = any(p_section_ids)
                )
            )
        order by r.id
    loop
        if p_wait then
            perform enrollment.lock_registration(v_lapsed_id);
        else
            -- Somebody who holds the row is about to pay, confirm or release it.
            perform
            from enrollment.registrations as r
            where r.studio_id = v_studio_id and r.id = v_lapsed_id
            for no key update skip locked;
            continue when not found;
        end if;
        if exists (
            select
            from enrollment.lapsed_registrations(p_as_of) as r
            where r.studio_id = v_studio_id and r.id = v_lapsed_id
        ) then
            v_locked_ids := v_locked_ids || v_lapsed_id;
        end if;
    end loop;
    return v_locked_ids;
end;
$$;
alter function enrollment.lock_lapsed(bigint, bigint[], bigint[], boolean, timestamptz)
owner to enrollment;
comment on function enrollment.lock_lapsed(bigint, bigint[], bigint[], boolean, timestamptz) is
$$Lock lapsed registrations, all or those of a family, of sections or listed; answers their ids.

All are locked before the first is released: whoever has touched seats waits for no registration, or
somebody who keeps claims out, and has one locked, would wait for them and they for him.
p_wait: also those that somebody else holds at this moment, once it is known what became of them.$$;
