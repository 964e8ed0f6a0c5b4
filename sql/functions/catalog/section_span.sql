create or replace function catalog.section_span(
    p_section_id bigint,
    p_weekdays smallint[],
    p_from date,
    out dates datemultirange,
    out during tstzmultirange
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    select range_agg(daterange(m.held_on, m.held_on + 1)), range_agg(tstzrange(m.starts_at, m.ends_at))
    into section_span.dates, section_span.during
    from catalog.meetings as m
    left join catalog.section_times as t
        on
            m.studio_id = t.studio_id
            and m.section_id = t.section_id
            and m.section_time_id = t.id
    where
        m.studio_id = auth.studio_id()
        and m.section_id = p_section_id
        and m.status = 'scheduled'
        and m.held_on >= p_from
        and (
            p_weekdays is null
            -- A lesson that was moved to another day is still that of its weekday.
            or coalesce(t.weekday, extract(isodow from coalesce(m.moved_from, m.held_on)))
            = any(p_weekdays)
        );
end;
$$;
alter function catalog.section_span(bigint, smallint[], date) owner to catalog;
grant execute on function catalog.section_span(bigint, smallint[], date) to enrollment;
comment on function catalog.section_span(bigint, smallint[], date) is
$$The local days and the minutes of a section's meetings from a day on, of some weekdays or of
all.

Both null when no meeting is scheduled. For enrollment.$$;
