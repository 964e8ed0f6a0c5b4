create or replace function catalog.generate_meetings(p_section_id bigint)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_count integer;
begin
    insert into catalog.meetings (
        studio_id, section_id, section_time_id, held_on, starts_at, ends_at
    )
    select
        s.studio_id,
        s.id,
        t.id,
        d.held_on,
        (d.held_on + t.starts_at) at time zone o.timezone,
        (d.held_on + t.ends_at) at time zone o.timezone
    from catalog.sections as s
    inner join studio.studios as o on s.studio_id = o.id
    inner join catalog.section_times as t on s.studio_id = t.studio_id and s.id = t.section_id
    cross join lateral (
        select s.starts_on + g.n as held_on
        from generate_series(0, s.ends_on - s.starts_on) as g (n)
    ) as d
    where
        s.studio_id = auth.studio_id()
        and s.id = p_section_id
        and extract(isodow from d.held_on) = t.weekday
        -- What was moved is not held twice.
        and not exists (
            select
            from catalog.meetings as m
            where
                m.studio_id = t.studio_id
                and m.section_id = t.section_id
                and m.section_time_id = t.id
                and m.moved_from = d.held_on
        )
    on conflict on constraint meetings_section_start_key do nothing;
    get diagnostics v_count = row_count;
    return v_count;
end;
$$;
alter function catalog.generate_meetings(bigint) owner to catalog;
grant execute on function catalog.generate_meetings(bigint) to deploy;
comment on function catalog.generate_meetings(bigint) is
$$Write the dated meetings of a section from its weekly pattern.

Dates that exist are left as they are, and so are meetings that staff moved or cancelled.
Local times become instants by the studio's zone, each date by itself, so a clock change keeps
the hour on the wall. Answers how many were added. For operators.$$;
