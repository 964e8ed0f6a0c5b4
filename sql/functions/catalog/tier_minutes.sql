create or replace function catalog.tier_minutes(
    p_section_id bigint, p_tier_id bigint, p_only_offered boolean default false
)
returns tstzmultirange
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select
            range_agg(
                tstzrange(
                    (m.held_on + t.starts_at) at time zone o.timezone,
                    (m.held_on + t.ends_at) at time zone o.timezone
                )
            )
        from catalog.section_tiers as t
        inner join studio.studios as o on t.studio_id = o.id
        inner join catalog.meetings as m
            on t.studio_id = m.studio_id and t.section_id = m.section_id
        where
            t.studio_id = auth.studio_id()
            and t.section_id = p_section_id
            and t.id = p_tier_id
            and (t.is_offered or not p_only_offered)
            and m.status = 'scheduled'
    );
end;
$$;
alter function catalog.tier_minutes(bigint, bigint, boolean) owner to catalog;
grant execute on function catalog.tier_minutes(bigint, bigint, boolean) to enrollment;
comment on function catalog.tier_minutes(bigint, bigint, boolean) is
$$The minutes a student of a tier is there: the tier's hours on the dates of its section.

Null when no meeting is scheduled and, with p_only_offered, when the tier was withdrawn. For
enrollment.$$;
