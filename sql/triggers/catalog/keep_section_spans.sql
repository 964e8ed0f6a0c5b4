create or replace function catalog.keep_section_spans()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_studio_ids integer [];
    v_section_ids bigint [];
    v_known_ids bigint [];
    v_span catalog.section_spans;
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct n.studio_id), array_agg(distinct n.section_id)
        into v_studio_ids, v_section_ids
        from new_meetings as n;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct o.studio_id), array_agg(distinct o.section_id)
        into v_studio_ids, v_section_ids
        from old_meetings as o;
    else
        select array_agg(distinct b.studio_id), array_agg(distinct b.section_id)
        into v_studio_ids, v_section_ids
        from (
            select o.studio_id, o.section_id
            from old_meetings as o
            union
            select n.studio_id, n.section_id
            from new_meetings as n
        ) as b;
    end if;
    if v_studio_ids is null then
        return null;
    elsif v_studio_ids <> array[v_studio_id] then
        perform ops.fail('studio_mismatch');
    end if;
    -- Two changes of one section at a time: the second must see the meetings of the first.
    perform
    from catalog.sections as s
    where s.studio_id = v_studio_id and s.id = any(v_section_ids)
    order by s.id
    for no key update;
    v_known_ids := array(
        select p.section_id
        from catalog.section_spans as p
        where p.studio_id = v_studio_id and p.section_id = any(v_section_ids)
    );
    delete from catalog.section_spans as p
    where
        p.studio_id = v_studio_id
        and p.section_id = any(v_section_ids)
        and not exists (
            select
            from catalog.meetings as m
            where
                m.studio_id = v_studio_id
                and m.section_id = p.section_id
                and m.status = 'scheduled'
        );
    for v_span in
        insert into catalog.section_spans as p (studio_id, section_id, dates, during)
        select
            m.studio_id,
            m.section_id,
            range_agg(daterange(m.held_on, m.held_on + 1)),
            range_agg(tstzrange(m.starts_at, m.ends_at))
        from catalog.meetings as m
        where
            m.studio_id = v_studio_id
            and m.section_id = any(v_section_ids)
            and m.status = 'scheduled'
        group by m.studio_id, m.section_id
        on conflict on constraint section_spans_pkey do update
            set dates = excluded.dates, during = excluded.during
            where (p.dates, p.during) is distinct from (excluded.dates, excluded.during)
        returning p.*
    loop
        -- Nobody can have a seat in a section that had no meetings.
        if v_span.section_id = any(v_known_ids) then
            perform ops.emit(
                'section.times_changed',
                v_span.section_id,
                null,
                jsonb_build_object('during', v_span.during)
            );
        end if;
    end loop;
    return null;
end;
$$;
alter function catalog.keep_section_spans() owner to catalog;
comment on function catalog.keep_section_spans() is
$$Keep catalog.section_spans as the scheduled meetings are, and tell who has seats in them.$$;

create or replace trigger _200_keep_section_spans_insert
after insert on catalog.meetings
referencing new table as new_meetings
for each statement execute function catalog.keep_section_spans();

create or replace trigger _200_keep_section_spans_update
after update on catalog.meetings
referencing old table as old_meetings new table as new_meetings
for each statement execute function catalog.keep_section_spans();

create or replace trigger _200_keep_section_spans_delete
after delete on catalog.meetings
referencing old table as old_meetings
for each statement execute function catalog.keep_section_spans();
