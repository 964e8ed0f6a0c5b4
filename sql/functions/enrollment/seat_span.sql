create or replace function enrollment.seat_span(
    p_section_id bigint,
    p_tier_id bigint,
    p_weekdays smallint[],
    p_dates date[],
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
    if p_dates is not null then
        select
            range_agg(daterange(m.held_on, m.held_on + 1)),
            range_agg(tstzrange(m.starts_at, m.ends_at))
        into seat_span.dates, seat_span.during
        from catalog.meetings as m
        where
            m.studio_id = auth.studio_id()
            and m.section_id = p_section_id
            and m.held_on = any(p_dates)
            and m.status = 'scheduled';
        return;
    end if;
    select n.dates, n.during into seat_span.dates, seat_span.during
    from catalog.section_span(p_section_id, p_weekdays, p_from) as n;
    if p_tier_id is not null then
        seat_span.during := catalog.tier_minutes(p_section_id, p_tier_id)
        * enrollment.hours_from(p_from);
    end if;
end;
$$;
alter function enrollment.seat_span(bigint, bigint, smallint[], date[], date) owner to enrollment;
comment on function enrollment.seat_span(bigint, bigint, smallint[], date[], date) is
$$The local days and the minutes of a seat: what was picked of a section, as its meetings are now.

By date: those dates; else the section's meetings from a day on, all or those of some weekdays, in a
tier at its hours. Both null when none of it takes place.$$;
