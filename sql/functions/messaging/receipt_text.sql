create or replace function messaging.receipt_text(p_registration_id bigint)
returns text
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_quote record;
    v_student json;
    v_line json;
    v_text text := '';
begin
    select d.currency, d.students, d.family_lines, d.total_minor
    into strict v_quote
    from enrollment.registrations as r
    cross join lateral pricing.quote_document(r.quote_id) as d
    where r.studio_id = auth.studio_id() and r.id = p_registration_id;
    for v_student in select s.value from json_array_elements(v_quote.students) as s
    loop
        v_text := v_text || (v_student ->> 'name') || E'\n'
        || coalesce(
            (
                select
                    string_agg(
                        format(
                            E'  %s, %s, %s%s\n',
                            concat_ws(', ', k.title, w.name),
                            l.name,
                            t.times,
                            case
                                when
                                    e.dates is null
                                    and (c.starts_on, c.ends_on) <> (m.starts_on, m.ends_on)
                                    then format(
                                        ', %s to %s',
                                        to_char(c.starts_on, 'Mon FMDD'),
                                        to_char(c.ends_on, 'Mon FMDD')
                                    )
                            end
                        ),
                        '' order by k.title, c.starts_on
                    )
                from enrollment.enrollments as e
                inner join catalog.sections as c
                    on e.studio_id = c.studio_id and e.section_id = c.id
                inner join catalog.classes as k on c.studio_id = k.studio_id and c.class_id = k.id
                inner join catalog.terms as m on c.studio_id = m.studio_id and c.term_id = m.id
                inner join studio.locations as l
                    on c.studio_id = l.studio_id and c.location_id = l.id
                left join catalog.section_tiers as w
                    on e.studio_id = w.studio_id and e.tier_id = w.id
                cross join lateral (
                    select string_agg(x.words, ' and ' order by x.position, x.starts_at) as times
                    from (
                        select
                            st.weekday::integer as position,
                            st.starts_at,
                            (array['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'])[st.weekday]
                            || to_char(
                                coalesce(w.starts_at, st.starts_at), ' FMHH12:MI am'
                            ) as words
                        from catalog.section_times as st
                        where
                            st.studio_id = c.studio_id
                            and st.section_id = c.id
                            and e.dates is null
                        union all
                        select
                            d.held_on - e.dates[1] as position,
                            a.starts_at::time as starts_at,
                            to_char(a.starts_at, 'Mon FMDD FMHH12:MI am') as words
                        from catalog.meetings as d
                        inner join studio.studios as o on d.studio_id = o.id
                        cross join lateral (
                            select d.starts_at at time zone o.timezone as starts_at
                        ) as a
                        where
                            d.studio_id = c.studio_id
                            and d.section_id = c.id
                            and d.held_on = any(e.dates)
                    ) as x
                ) as t
                where
                    e.studio_id = auth.studio_id()
                    and e.registration_id = p_registration_id
                    and e.student_id = (v_student ->> 'student_id')::bigint
            ),
            ''
        );
        for v_line in select l.value from json_array_elements(v_student -> 'lines') as l
        loop
            v_text := v_text
            || messaging.receipt_row(
                v_line ->> 'label', (v_line ->> 'amount_minor')::bigint, v_quote.currency
            )
            || E'\n';
        end loop;
        v_text := v_text
        || messaging.receipt_row(
            'Subtotal', (v_student ->> 'subtotal_minor')::bigint, v_quote.currency
        )
        || E'\n\n';
    end loop;
    for v_line in select l.value from json_array_elements(v_quote.family_lines) as l
    loop
        v_text := v_text
        || messaging.receipt_row(
            v_line ->> 'label', (v_line ->> 'amount_minor')::bigint, v_quote.currency
        )
        || E'\n';
    end loop;
    return v_text
    || messaging.receipt_row(
        format('Total (%s)', v_quote.currency), v_quote.total_minor, v_quote.currency
    );
end;
$$;
alter function messaging.receipt_text(bigint) owner to messaging;
comment on function messaging.receipt_text(bigint) is
$$The receipt block of a message: students, classes, priced lines, total.

Made from the books, not editable.$$;
