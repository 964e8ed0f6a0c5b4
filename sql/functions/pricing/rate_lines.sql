create or replace function pricing.rate_lines(p_items pricing.basket_item[], p_as_of timestamptz)
returns setof pricing.line
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_line pricing.line;
begin
    for v_line in
        -- Classes that don't run at the same time of the year (two halves of a term) are two
        -- rates; what overlaps is counted together.
        with runs as (
            select
                i.cart_id,
                i.student_id,
                unnest(
                    range_agg(daterange(i.starts_on, greatest(i.ends_on, i.starts_on + 1)))
                ) as dates
            from unnest(p_items) as i
            where i.price_mode = 'standard'
            group by i.cart_id, i.student_id
        ),

        steps as (
            select
                i.cart_id,
                i.student_id,
                i.term_id,
                i.rate_step_basis as basis,
                u.dates,
                case i.rate_step_basis
                    when 'distinct_weekdays' then count(distinct w.weekday)
                    else count(w.weekday)
                end as weekly_count,
                case i.rate_step_basis
                    when 'distinct_weekdays'
                        then count(distinct w.weekday) filter (where i.enrolled)
                    else count(w.weekday) filter (where i.enrolled)
                end as enrolled_count
            from unnest(p_items) as i
            inner join runs as u
                on
                    i.cart_id = u.cart_id
                    and i.student_id = u.student_id
                    and u.dates @> i.starts_on
            cross join lateral unnest(i.weekdays) as w (weekday)
            where i.price_mode = 'standard'
            group by i.cart_id, i.student_id, i.term_id, i.rate_step_basis, u.dates
            having not bool_and(i.enrolled)
        )

        select
            s.cart_id,
            s.student_id,
            'tuition' as kind,
            d.code,
            null::bigint as section_id,
            jsonb_build_object(
                'division', d.code,
                'starts_on', lower(s.dates),
                'basis', s.basis,
                'weekly_count', s.weekly_count,
                'step_minor', r.amount_minor,
                'enrolled_count', s.enrolled_count,
                'enrolled_division', pd.code,
                'enrolled_step_minor', coalesce(pr.amount_minor, 0)
            ) as basis,
            case
                when r.id is null or (s.enrolled_count > 0 and pr.id is null) then null
                else greatest(r.amount_minor - coalesce(pr.amount_minor, 0), 0)
            end as amount_minor,
            'pricing.rates' as rule_table,
            r.id as rule_id,
            r.version as rule_version
        from steps as s
        inner join pricing.priced_divisions(p_items) as v
            on s.cart_id = v.cart_id and s.student_id = v.student_id
        inner join catalog.divisions as d
            on d.studio_id = v_studio_id and v.division_id = d.id
        left join pricing.rates as r
            on
                r.studio_id = v_studio_id
                and s.term_id = r.term_id
                and v.division_id = r.division_id
                and s.weekly_count = r.weekly_count
                and p_as_of >= r.valid_from
                and (r.superseded_at is null or r.superseded_at > p_as_of)
        left join catalog.divisions as pd
            on pd.studio_id = v_studio_id and v.enrolled_division_id = pd.id
        left join pricing.rates as pr
            on
                pr.studio_id = v_studio_id
                and s.term_id = pr.term_id
                and v.enrolled_division_id = pr.division_id
                and s.enrolled_count = pr.weekly_count
                and p_as_of >= pr.valid_from
                and (pr.superseded_at is null or pr.superseded_at > p_as_of)
        order by s.cart_id, s.student_id, s.dates
    loop
        if v_line.amount_minor is null then
            perform ops.fail(
                'rate_missing',
                jsonb_build_object(
                    'student_id', v_line.student_id,
                    'division', (
                        select d.name
                        from catalog.divisions as d
                        where d.studio_id = v_studio_id and d.code = v_line.code
                    ),
                    'weekly_count', v_line.basis -> 'weekly_count',
                    'counted', case v_line.basis ->> 'basis'
                        when 'distinct_weekdays' then 'days' else 'meetings'
                    end
                )
            );
        end if;
        return next v_line;
    end loop;
end;
$$;
alter function pricing.rate_lines(pricing.basket_item[], timestamptz) owner to pricing;
comment on function pricing.rate_lines(pricing.basket_item[], timestamptz) is
$$Stage 1a: tuition by rate table, one line a student and part of the term.

For the items given: those that no other path prices.
The step counts what is confirmed already together with the cart; the difference of the two steps is
due, never less than 0. Raises rate_missing when the table has no such row.$$;
