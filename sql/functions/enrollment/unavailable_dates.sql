create or replace function enrollment.unavailable_dates(
    p_section_id bigint, p_dates date[], p_as_of timestamptz
)
returns table (held_on date, code text)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    select d.held_on, case when count(m.id) = 0 then 'date_unknown' else 'date_past' end
    from unnest(p_dates) as d (held_on)
    left join catalog.meetings as m
        on
            m.studio_id = auth.studio_id()
            and m.section_id = p_section_id
            and m.held_on = d.held_on
            and m.status = 'scheduled'
    group by d.held_on
    having count(m.id) = 0 or min(m.starts_at) <= p_as_of
    order by d.held_on;
end;
$$;
alter function enrollment.unavailable_dates(bigint, date[], timestamptz) owner to enrollment;
comment on function enrollment.unavailable_dates(bigint, date[], timestamptz) is
$$Which of some dates of a section can't be sold at an instant, and by what error they are refused.

date_unknown: no meeting is scheduled on it; date_past: the first one of the day has begun.$$;
