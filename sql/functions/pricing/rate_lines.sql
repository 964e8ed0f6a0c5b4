create or replace function pricing.rate_lines(
    p_items pricing.basket_item[],
    p_divisions pricing.student_division[],
    p_as_of timestamptz,
    p_engine_version integer default pricing.engine_version()
)
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
        -- Each with the price list of its location; 0 is the list of all that have none.
        with standard as (
            select
                i.*,
                case
                    when
                        exists (
                            select
                            from pricing.rates as r
                            where
                                r.studio_id = v_studio_id
                                and r.location_id = i.location_id
                                and r.term_id = i.term_id
                                and p_as_of >= r.valid_from
                                and (r.superseded_at is null or r.superseded_at > p_as_of)
                        )
                        then i.location_id
                    else 0
                end as list_id
            from unnest(p_items) as i
            where i.price_mode = 'standard'
        ),

        -- Classes that don't run at the same time of the year (two halves of a term) are two
        -- rates; what overlaps is counted together. What is confirmed is looked at by itself, too.
        runs as (
            select
                i.cart_id,
                i.student_id,
                false as of_enrolled,
                unnest(
                    range_agg(daterange(i.starts_on, greatest(i.ends_on, i.starts_on + 1)))
                ) as dates
            from standard as i
            group by i.cart_id, i.student_id
            union all
            select
                i.cart_id,
                i.student_id,
                true as of_enrolled,
                unnest(
                    range_agg(daterange(i.starts_on, greatest(i.ends_on, i.starts_on + 1)))
                ) as dates
            from standard as i
            where i.enrolled
            group by i.cart_id, i.student_id
        ),

        steps as (
            select
                u.cart_id,
                u.student_id,
                u.of_enrolled,
                u.dates,
                i.term_id,
                i.rate_step_basis as basis,
                bool_and(i.enrolled) as is_paid,
                array_agg(distinct i.list_id) as list_ids,
                case i.rate_step_basis
                    when 'distinct_weekdays' then count(distinct w.weekday)
                    else count(w.weekday)
                end as weekly_count,
                -- Some of them don't overlap: another one joins them.
                max(i.starts_on) > min(i.ends_on) as is_joined,
                array_agg(i.starts_on) as starts,
                array_agg(i.ends_on) as ends,
                array_agg(w.weekday) as weekdays
            from runs as u
            inner join standard as i
                on
                    u.cart_id = i.cart_id
                    and u.student_id = i.student_id
                    and u.dates @> i.starts_on
                    and (i.enrolled or not u.of_enrolled)
            cross join lateral unnest(i.weekdays) as w (weekday)
            group by
                u.cart_id, u.student_id, u.of_enrolled, u.dates, i.term_id, i.rate_step_basis
        ),

        -- What is left of the classes that come new, where the term prorates.
        late as (
            select
                u.cart_id,
                u.student_id,
                u.dates,
                i.tuition_proration as proration,
                sum(
                    case i.tuition_proration when 'meetings' then i.meetings else i.days end
                ) as units,
                sum(
                    case i.tuition_proration
                        when 'meetings' then i.meetings_left else i.days_left
                    end
                ) as units_left
            from runs as u
            inner join standard as i
                on
                    u.cart_id = i.cart_id
                    and u.student_id = i.student_id
                    and u.dates @> i.starts_on
            where
                i.tuition_proration in ('meetings', 'days') and not i.enrolled and not u.of_enrolled
            group by u.cart_id, u.student_id, u.dates, i.tuition_proration
        ),

        -- Where several lists are concerned, the one with the highest price. One without a price
        -- comes first: nobody knows whether it would be the highest.
        priced as (
            select distinct on (s.cart_id, s.student_id, s.of_enrolled, s.dates)
                s.cart_id,
                s.student_id,
                s.of_enrolled,
                s.dates,
                s.basis,
                s.is_paid,
                s.weekly_count,
                d.code,
                nullif(l.list_id, 0) as location_id,
                r.id as rule_id,
                r.version as rule_version,
                r.amount_minor as step_minor,
                -- No class may lower the price of the others.
                case
                    when r.id is not null and s.is_joined and p_engine_version > 2
                        then pricing.apart_minor(
                            s.term_id, d.id, l.list_id, s.basis, s.starts, s.ends, s.weekdays,
                            p_as_of
                        )
                    else r.amount_minor
                end as amount_minor
            from steps as s
            inner join unnest(p_divisions) as v
                on s.cart_id = v.cart_id and s.student_id = v.student_id
            inner join catalog.divisions as d
                on
                    d.studio_id = v_studio_id
                    and d.id = case
                        when s.of_enrolled then v.enrolled_division_id else v.division_id
                    end
            cross join lateral unnest(s.list_ids) as l (list_id)
            left join pricing.rates as r
                on
                    r.studio_id = v_studio_id
                    and s.term_id = r.term_id
                    and d.id = r.division_id
                    and s.weekly_count = r.weekly_count
                    and l.list_id = coalesce(r.location_id, 0)
                    and p_as_of >= r.valid_from
                    and (r.superseded_at is null or r.superseded_at > p_as_of)
            order by
                s.cart_id, s.student_id, s.of_enrolled, s.dates,
                amount_minor desc nulls first, l.list_id
        )

        select
            p.cart_id,
            p.student_id,
            'tuition' as kind,
            p.code,
            null::bigint as section_id,
            jsonb_build_object(
                'division', p.code,
                'starts_on', lower(p.dates),
                'basis', p.basis,
                'weekly_count', p.weekly_count,
                'step_minor', p.step_minor,
                'enrolled_count', coalesce(sum(c.weekly_count), 0)::integer,
                'enrolled_division', min(c.code),
                'enrolled_step_minor', coalesce(sum(c.amount_minor), 0)::bigint
            )
            || case
                when p.amount_minor > p.step_minor
                    then jsonb_build_object('apart_minor', p.amount_minor)
                else '{}'
            end
            || case
                when p.location_id is null then '{}'
                else jsonb_build_object('location_id', p.location_id)
            end
            || case
                when l.proration is null then '{}'
                else jsonb_build_object(l.proration, l.units, l.proration || '_left', l.units_left)
            end as basis,
            case
                when p.rule_id is not null and bool_and(c.cart_id is null or c.rule_id is not null)
                    then
                        pricing.prorated(
                            greatest(p.amount_minor - coalesce(sum(c.amount_minor), 0)::bigint, 0),
                            l.units_left,
                            l.units
                        )
            end as amount_minor,
            'pricing.rates' as rule_table,
            p.rule_id,
            p.rule_version
        from priced as p
        left join late as l
            on p.cart_id = l.cart_id and p.student_id = l.student_id and p.dates = l.dates
        left join priced as c
            on
                c.of_enrolled
                and p.cart_id = c.cart_id
                and p.student_id = c.student_id
                and p.dates @> c.dates
        where not p.of_enrolled and not p.is_paid
        group by
            p.cart_id, p.student_id, p.dates, p.code, p.basis, p.weekly_count, p.step_minor,
            p.amount_minor, p.location_id, p.rule_id, p.rule_version, l.proration, l.units,
            l.units_left
        order by p.cart_id, p.student_id, p.dates
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
                -- Whose own list lacks the row.
                || case
                    when v_line.basis ? 'location_id'
                        then jsonb_build_object('location_id', v_line.basis -> 'location_id')
                    else '{}'
                end
            );
        end if;
        return next v_line;
    end loop;
end;
$$;
alter function pricing.rate_lines(
    pricing.basket_item[], pricing.student_division[], timestamptz, integer
) owner to pricing;
comment on function pricing.rate_lines(
    pricing.basket_item[], pricing.student_division[], timestamptz, integer
) is
$$Stage 1a: tuition by rate table, one line a student and part of the term.

For the items given: those that no other path prices. Classes count together wherever they are;
of the price lists of their locations the one with the highest price counts, and the line names it.
What is due is the rate of all, less the rates at which what is confirmed already would be sold
by itself, never less than 0; where the setting tuition_proration says so, as much of it as is left
of the classes that come new. A class that joins others in time, which would be counted apart
without it, does not make them cheaper (it did in engines up to 2). Raises rate_missing when a list
concerned has no such row.$$;
