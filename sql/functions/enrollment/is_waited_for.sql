create or replace function enrollment.is_waited_for(
    p_section_id bigint, p_days datemultirange default null
)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return exists (
        select
        from enrollment.waiting_groups(p_section_id, p_days) as g
        -- One that only staff can help stands in nobody's way.
        where not g.is_for_staff
    );
end;
$$;
alter function enrollment.is_waited_for(bigint, datemultirange) owner to enrollment;
comment on function enrollment.is_waited_for(bigint, datemultirange) is
$$Whether somebody waits for a section, or for some days of it.

What comes free is offered to them first, or kept for staff to give to them.$$;
