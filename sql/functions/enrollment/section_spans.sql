create or replace function enrollment.section_spans(p_section_ids bigint[])
returns table (section_id bigint, dates datemultirange, during tstzmultirange)
language sql
stable
as $$
    select
        m.section_id,
        range_agg(daterange(m.held_on, m.held_on + 1)),
        range_agg(tstzrange(m.starts_at, m.ends_at))
    from catalog.meetings as m
    where
        m.studio_id = (select auth.studio_id())
        and m.section_id = any(p_section_ids)
        and m.status = 'scheduled'
    group by m.section_id
$$;
alter function enrollment.section_spans(bigint[]) owner to enrollment;
comment on function enrollment.section_spans(bigint[]) is
$$When sections meet: the local days and the minutes of their scheduled meetings.

Inlined into its callers, so it has no SET clause.$$;
