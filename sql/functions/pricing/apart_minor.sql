create or replace function pricing.apart_minor(
    p_term_id bigint,
    p_division_id bigint,
    p_list_id bigint,
    p_basis text,
    p_starts date[],
    p_ends date[],
    p_weekdays smallint[],
    p_as_of timestamptz
)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_end date;
    v_ends date [];
    v_sums bigint [];
begin
    -- The most that classes over by a date cost: those between some date and this one together,
    -- with the most that those over by then cost.
    for v_end in select distinct u.ends_on from unnest(p_ends) as u (ends_on) order by u.ends_on
    loop
        v_sums := v_sums || (
            select max(r.amount_minor + b.sum_minor)
            from (
                select distinct u.starts_on from unnest(p_starts) as u (starts_on)
            ) as s
            cross join lateral (
                select
                    case p_basis
                        when 'distinct_weekdays' then count(distinct m.weekday) else count(*)
                    end as weekly_count
                from unnest(p_starts, p_ends, p_weekdays) as m (starts_on, ends_on, weekday)
                where m.starts_on >= s.starts_on and m.ends_on <= v_end
            ) as c
            cross join lateral (
                select coalesce(max(e.sum_minor), 0) as sum_minor
                from unnest(v_ends, v_sums) as e (ends_on, sum_minor)
                where e.ends_on < s.starts_on
            ) as b
            inner join pricing.rates as r
                on
                    r.studio_id = v_studio_id
                    and r.term_id = p_term_id
                    and r.division_id = p_division_id
                    and c.weekly_count = r.weekly_count
                    and coalesce(r.location_id, 0) = p_list_id
                    and p_as_of >= r.valid_from
                    and (r.superseded_at is null or r.superseded_at > p_as_of)
        );
        v_ends := v_ends || v_end;
    end loop;
    return (select max(u.sum_minor) from unnest(v_sums) as u (sum_minor));
end;
$$;
alter function pricing.apart_minor(
    bigint, bigint, bigint, text, date[], date[], smallint[], timestamptz
) owner to pricing;
comment on function pricing.apart_minor(
    bigint, bigint, bigint, text, date[], date[], smallint[], timestamptz
) is
$$The most that classes cost by the rate table, in minor units, some of them taken without the rest.

For classes that some other one joins in time: two halves of a term, and one that lasts all of it.
p_list_id: the location whose price list it is, 0 for the list of all others. Given for each weekly
meeting: first day, last day, weekday.$$;
