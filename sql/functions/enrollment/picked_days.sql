create or replace function enrollment.picked_days(
    p_section_id bigint, p_dates date[], p_weekdays smallint[], p_as_of timestamptz
)
returns datemultirange
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if p_dates is not null then
        return (
            select range_agg(daterange(d.held_on, d.held_on + 1))
            from unnest(p_dates) as d (held_on)
        );
    end if;
    return (
        catalog.section_span(p_section_id, p_weekdays, studio.local_date(p_as_of))
    ).dates;
end;
$$;
alter function enrollment.picked_days(bigint, date[], smallint[], timestamptz) owner to enrollment;
comment on function enrollment.picked_days(bigint, date[], smallint[], timestamptz) is
$$The local days of what is picked of a section: the dates, else those to come of the weekdays or of
all.

Null when there is none to come.$$;
