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
    v_before catalog.section_spans [];
    v_changed_ids bigint [];
    v_moved jsonb := '[]'::jsonb;
    v_section_id bigint;
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
        select coalesce(jsonb_agg(to_jsonb(m)), '[]') into v_moved
        from (
            select distinct n.section_id, o.held_on as moved_from, n.held_on as moved_to
            from old_meetings as o
            inner join new_meetings as n
                on o.studio_id = n.studio_id and o.id = n.id and o.section_id = n.section_id
            where
                o.status = 'scheduled'
                and n.status = 'scheduled'
                and o.held_on <> n.held_on
                -- While one of its meetings stays, a date is still that date.
                and not exists (
                    select
                    from catalog.meetings as s
                    left join old_meetings as b on s.studio_id = b.studio_id and s.id = b.id
                    where
                        s.studio_id = o.studio_id
                        and s.section_id = o.section_id
                        and s.held_on = o.held_on
                        and s.status = 'scheduled'
                        and coalesce((b.held_on, b.status) = (s.held_on, s.status), true)
                )
        ) as m;
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
    v_before := array(
        select p::catalog.section_spans
        from catalog.section_spans as p
        where p.studio_id = v_studio_id and p.section_id = any(v_section_ids)
    );
    with ended as (
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
            )
        returning p.section_id
    ),

    kept as (
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
        returning p.section_id
    )

    select array_agg(c.section_id order by c.section_id) into v_changed_ids
    from (
        select e.section_id from ended as e
        union all
        select k.section_id from kept as k
    ) as c
    where
        -- Nobody can have a seat in a section that never had a meeting.
        c.section_id in (select b.section_id from unnest(v_before) as b)
        or exists (
            select
            from catalog.meetings as m
            where
                m.studio_id = v_studio_id
                and m.section_id = c.section_id
                and (m.status = 'cancelled' or tg_op = 'UPDATE')
        );
    foreach v_section_id in array coalesce(v_changed_ids, '{}')
    loop
        perform ops.emit(
            'section.times_changed',
            v_section_id,
            null,
            jsonb_build_object(
                'dates_before', (
                    select b.dates from unnest(v_before) as b where b.section_id = v_section_id
                ),
                'moved_from', (
                    select jsonb_agg(m.moved_from order by m.moved_from, m.moved_to)
                    from jsonb_to_recordset(v_moved)
                        as m (section_id bigint, moved_from date, moved_to date)
                    where m.section_id = v_section_id
                ),
                'moved_to', (
                    select jsonb_agg(m.moved_to order by m.moved_from, m.moved_to)
                    from jsonb_to_recordset(v_moved)
                        as m (section_id bigint, moved_from date, moved_to date)
                    where m.section_id = v_section_id
                )
            )
        );
    end loop;
    return null;
end;
$$;
alter function catalog.keep_section_spans() owner to catalog;
comment on function catalog.keep_section_spans() is
$$Keep catalog.section_spans as the scheduled meetings are, and tell who has seats in them.

Also which dates' meetings went to other dates.$$;

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
