create or replace function enrollment.moved_dates(
    p_section_id bigint, p_dates date[], p_moved_from date[], p_moved_to date[]
)
returns date[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_held_on date;
    v_to date [];
    v_dates date [] := array[]::date [];
begin
    foreach v_held_on in array p_dates
    loop
        select array_agg(distinct u.moved_to) into v_to
        from unnest(p_moved_from, p_moved_to) as u (moved_from, moved_to)
        where u.moved_from = v_held_on;
        if cardinality(v_to) > 1 then
            perform ops.fail(
                'section_has_seats',
                jsonb_build_object('section_id', p_section_id, 'held_on', v_held_on)
            );
        end if;
        v_dates := v_dates || coalesce(v_to, array[v_held_on]);
    end loop;
    return array(select distinct d.held_on from unnest(v_dates) as d (held_on) order by 1);
end;
$$;
alter function enrollment.moved_dates(bigint, date[], date[], date[]) owner to enrollment;
comment on function enrollment.moved_dates(bigint, date[], date[], date[]) is
$$Some dates of a section, in order, after the meetings of some were moved to other dates.

Raises section_has_seats for a date whose meetings went to several.$$;
