create or replace function catalog.requirement_documents(p_term_id bigint)
returns table (requirement_id bigint, document jsonb)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return query
    select
        r.id,
        jsonb_build_object(
            'code', r.code,
            'class', k.title,
            'kind', r.kind,
            'enforcement', r.enforcement,
            'is_waivable', r.is_waivable,
            'valid_from', r.valid_from,
            'valid_until', r.valid_until,
            'lowest_age_months', r.lowest_age_months,
            'highest_age_months', r.highest_age_months,
            'cutoff_month', r.cutoff_month,
            'cutoff_day', r.cutoff_day,
            'cutoff_year', r.cutoff_year,
            'lowest_grade', r.lowest_grade,
            'highest_grade', r.highest_grade,
            'gender', r.gender,
            'division', d.code,
            'counts_itself', r.counts_itself,
            'options', coalesce(
                (
                    select
                        jsonb_agg(
                            jsonb_build_object(
                                'alternative', o.alternative,
                                'class', o.class_title,
                                'discipline', o.discipline,
                                'level', o.level,
                                'division', x.code,
                                'count', o.class_count
                            )
                            order by o.alternative, o.id
                        )
                    from catalog.requirement_options as o
                    left join catalog.divisions as x
                        on o.studio_id = x.studio_id and o.division_id = x.id
                    where o.studio_id = r.studio_id and o.requirement_id = r.id
                ),
                '[]'
            )
        )
    from catalog.requirements as r
    left join catalog.classes as k on r.studio_id = k.studio_id and r.class_id = k.id
    left join catalog.divisions as d on r.studio_id = d.studio_id and r.division_id = d.id
    where
        r.studio_id = auth.studio_id()
        and r.term_id is not distinct from p_term_id
        and r.superseded_at is null;
end;
$$;
alter function catalog.requirement_documents(bigint) owner to catalog;
comment on function catalog.requirement_documents(bigint) is
$$The requirements of a term, or of the whole studio (null), as managers save and read them.$$;
