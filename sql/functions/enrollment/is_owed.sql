create or replace function enrollment.is_owed(
    p_section_id bigint,
    p_dates date[] default null,
    p_weekdays smallint[] default null,
    p_but_family_id bigint default null
)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Those who wait are of every family.
set "callboard.family_id" = ''
as $$
begin
    -- Mostly nobody waits, and then one look is enough.
    if not exists (
        select
        from enrollment.waitlist_entries as w
        inner join catalog.sections as s on w.studio_id = s.studio_id and w.section_id = s.id
        where
            w.studio_id = auth.studio_id()
            and w.section_id = p_section_id
            and w.status = 'waiting'
            and s.capacity is not null
    ) then
        return false;
    end if;
    return exists (
        select
        from enrollment.waiting_groups(
            p_section_id, enrollment.picked_days(p_section_id, p_dates, p_weekdays, now())
        ) as g
        where
            not g.is_for_staff
            and g.family_id is distinct from p_but_family_id
            -- A place that those who want in together can't use is kept from nobody.
            and (
                g.students = 1
                or g.students <= (
                    select f.places
                    from enrollment.free_places(array[p_section_id], g.held_on, g.weekdays) as f
                )
            )
    );
end;
$$;
alter function enrollment.is_owed(bigint, date[], smallint[], bigint) owner to enrollment;
comment on function enrollment.is_owed(bigint, date[], smallint[], bigint) is
$$Whether what is free of a section, of some dates or weekdays of it, is owed to those who wait.

Then nobody else gets it (waitlist_only). Those who want in together and don't fit into what is free
are not in the way of others. p_but_family_id: whatever this family waits for.$$;
