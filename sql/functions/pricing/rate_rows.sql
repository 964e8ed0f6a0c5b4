create or replace function pricing.rate_rows(p_term_id bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'division', d.code,
                        'location', l.name,
                        'weekly_count', r.weekly_count,
                        'amount_minor', r.amount_minor
                    )
                    order by l.name nulls first, d.rank, r.weekly_count
                ),
                '[]'
            )
        from pricing.rates as r
        inner join catalog.divisions as d on r.studio_id = d.studio_id and r.division_id = d.id
        left join studio.locations as l on r.studio_id = l.studio_id and r.location_id = l.id
        where
            r.studio_id = auth.studio_id()
            and r.term_id = p_term_id
            and r.superseded_at is null
    );
end;
$$;
alter function pricing.rate_rows(bigint) owner to pricing;
comment on function pricing.rate_rows(bigint) is
$$The rate table of a term as it is now, in the form in which staff save it.$$;
