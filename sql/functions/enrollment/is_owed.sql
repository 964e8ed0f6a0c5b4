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
declare
    v_wish record;
    v_is_waited_for boolean := false;
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
    for v_wish in
        select g.held_on, g.weekdays, min(g.students) as students
        from enrollment.waiting_groups(
            p_section_id, enrollment.picked_days(p_section_id, p_dates, p_weekdays, now())
        ) as g
        where not g.is_for_staff and g.family_id is distinct from p_but_family_id
        group by g.held_on, g.weekdays
    loop
        v_is_waited_for := true;
        if v_wish.students <= (
            select f.places
            from enrollment.free_places(
                array[p_section_id], v_wish.held_on, v_wish.weekdays
            ) as f
        ) then
            return true;
        end if;
    end loop;
    -- What those who wait can't use is kept from nobody; where nothing is left, they are before.
    return v_is_waited_for and case
        when p_dates is null
            then (
                select f.places = 0
                from enrollment.free_places(array[p_section_id], null, p_weekdays) as f
            )
        else (
            select min(f.places) = 0 from enrollment.free_dates(p_section_id, p_dates) as f
        )
    end;
end;
$$;
alter function enrollment.is_owed(bigint, date[], smallint[], bigint) owner to enrollment;
comment on function enrollment.is_owed(bigint, date[], smallint[], bigint) is
$$Whether what is free of a section, of some dates or weekdays of it, is owed to those who wait.

Then nobody else gets it (waitlist_only). What is not enough for those who want in together, or is
free on other days only than somebody needs, is kept from nobody. p_but_family_id: whatever this
family waits for.$$;
