create or replace function payment.lines_to_refund(p_registration_id bigint, p_lines jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_wish record;
    v_found jsonb;
    v_checked jsonb := jsonb_build_array();
begin
    if
        jsonb_typeof(p_lines) <> 'array'
        or jsonb_array_length(p_lines) not between 1 and 100
        or exists (
            select
            from jsonb_array_elements(p_lines) as l (line)
            where
                jsonb_typeof(l.line) <> 'object'
                or l.line - '{line_number,enrollment_id,amount_minor}'::text [] <> '{}'
        )
        or exists (
            select
            from jsonb_array_elements(p_lines) as l (line)
            cross join lateral jsonb_each(l.line) as v
            where v.value <> 'null' and v.value::text !~ '^[0-9]{1,11}$'
        )
    then
        perform ops.fail('refund_lines_invalid');
    end if;
    for v_wish in
        select l.line_number, l.enrollment_id, l.amount_minor
        from jsonb_to_recordset(p_lines) as l (
            line_number bigint, enrollment_id bigint, amount_minor bigint
        )
    loop
        if num_nonnulls(v_wish.line_number, v_wish.enrollment_id) <> 1 then
            perform ops.fail('refund_lines_invalid');
        end if;
        -- The lines it is about, with what is left of them, and whose they are.
        select
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'line_number', x.line_number,
                        'enrollment_id', x.enrollment_id,
                        'amount_minor', x.left_minor
                    )
                    order by x.line_number
                ) filter (where x.left_minor > 0),
                '[]'
            )
        into v_found
        from (
            select
                l.line_number,
                e.enrollment_id,
                l.amount_minor - coalesce(
                    (
                        select sum(f.amount_minor)::bigint
                        from payment.refund_lines as f
                        inner join payment.refunds as u
                            on
                                f.studio_id = u.studio_id
                                and f.family_id = u.family_id
                                and f.refund_id = u.id
                        where
                            u.studio_id = r.studio_id
                            and u.family_id = r.family_id
                            and u.registration_id = r.id
                            and u.status <> 'failed'
                            and f.line_number = l.line_number
                    ),
                    0
                ) as left_minor
            from enrollment.registrations as r
            cross join lateral pricing.lines_of(r.quote_id) as l
            left join lateral (
                select min(n.id) as enrollment_id
                from enrollment.enrollments as n
                where
                    n.studio_id = r.studio_id
                    and n.family_id = r.family_id
                    and n.registration_id = r.id
                    and n.student_id = l.student_id
                    and n.section_id = l.section_id
                having count(*) = 1
            ) as e on true
            where
                r.studio_id = v_studio_id
                and r.id = p_registration_id
                and (
                    l.line_number = v_wish.line_number or e.enrollment_id = v_wish.enrollment_id
                )
        ) as x;
        if v_wish.amount_minor is not null and v_wish.enrollment_id is not null then
            -- As staff say, of an enrollment of this registration.
            if
                v_wish.amount_minor = 0
                or not exists (
                    select
                    from enrollment.enrollments as e
                    where
                        e.studio_id = v_studio_id
                        and e.registration_id = p_registration_id
                        and e.id = v_wish.enrollment_id
                )
            then
                perform ops.fail('refund_lines_invalid');
            end if;
            v_checked := v_checked || jsonb_build_object(
                'line_number', null,
                'enrollment_id', v_wish.enrollment_id,
                'amount_minor', v_wish.amount_minor
            );
        elsif
            v_found = '[]'
            or v_wish.amount_minor
            not between 1 and (v_found -> 0 ->> 'amount_minor')::bigint
        then
            perform ops.fail('refund_lines_invalid');
        elsif v_wish.amount_minor is not null then
            v_checked := v_checked || jsonb_set(
                v_found -> 0, '{amount_minor}', to_jsonb(v_wish.amount_minor)
            );
        else
            v_checked := v_checked || v_found;
        end if;
    end loop;
    -- No line twice, by its number or as one of an enrollment.
    if exists (
        select
        from jsonb_to_recordset(v_checked) as c (line_number bigint)
        where c.line_number is not null
        group by c.line_number
        having count(*) > 1
    ) then
        perform ops.fail('refund_lines_invalid');
    end if;
    return v_checked;
end;
$$;
alter function payment.lines_to_refund(bigint, jsonb) owner to payment;
comment on function payment.lines_to_refund(bigint, jsonb) is
$$What staff want to refund by line, in full: [{line_number, enrollment_id, amount_minor}].

p_lines: each names a line of the quote, of which amount_minor or what is left is refunded, or an
enrollment: amount_minor, or what is left of the lines of its own. Raises refund_lines_invalid.$$;
