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
    v_section_ids bigint [];
begin
    if tg_op = 'INSERT' then
        v_section_ids := array(select distinct n.section_id from new_meetings as n);
    elsif tg_op = 'DELETE' then
        v_section_ids := array(select distinct o.section_id from old_meetings as o);
    else
        v_section_ids := array(
            select o.section_id
            from old_meetings as o
            union
            select n.section_id
            from new_meetings as n
        );
    end if;
    -- Two changes of one section at a time: the second must see the meetings of the first.
    perform
    from catalog.sections as s
    where s.studio_id = v_studio_id and s.id = any(v_section_ids)
    order by s.id
    for no key update;
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
    insert into catalog.section_spans (studio_id, section_id, dates, during)
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
    on conflict on constraint section_spans_pkey
    do update set dates = excluded.dates, during = excluded.during;
    return null;
end;
$$;
alter function catalog.keep_section_spans() owner to catalog;
comment on function catalog.keep_section_spans() is
$$Keep catalog.section_spans as the scheduled meetings are.$$;

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
