create or replace function enrollment.is_waited_for(
    p_section_id bigint,
    p_dates date[] default null,
    p_but_family_id bigint default null
)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Whoever waits, of every family.
set "callboard.family_id" = ''
as $$
begin
    return exists (
        select
        from enrollment.waitlist_entries as w
        where
            w.studio_id = auth.studio_id()
            and w.section_id = p_section_id
            and w.status = 'waiting'
            -- One that only staff can help stands in nobody's way.
            and w.needs_staff is null
            and (p_dates is null or w.held_on is null or w.held_on = any(p_dates))
            and w.family_id is distinct from p_but_family_id
    );
end;
$$;
alter function enrollment.is_waited_for(bigint, date[], bigint) owner to enrollment;
comment on function enrollment.is_waited_for(bigint, date[], bigint) is
$$Whether somebody waits for a section, or for one of some dates of it.

Its places are theirs first.$$;
