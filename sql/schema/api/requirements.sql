create view api.requirements
with (security_invoker = true) as
select
    r.id,
    r.term_id,
    r.class_id,
    r.code,
    r.kind,
    r.enforcement,
    r.is_waivable,
    r.valid_from,
    r.valid_until,
    r.lowest_age_months,
    r.highest_age_months,
    r.cutoff_month,
    r.cutoff_day,
    r.cutoff_year,
    r.lowest_grade,
    r.highest_grade,
    r.gender,
    d.code as division,
    r.counts_itself,
    coalesce(
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
    ) as options
from catalog.requirements as r
left join catalog.divisions as d on r.studio_id = d.studio_id and r.division_id = d.id
where r.superseded_at is null;
alter view api.requirements owner to api;
grant select on api.requirements to anon;
grant select on api.requirements to customer;
grant select on api.requirements to instructor;
comment on view api.requirements is
$$What classes ask of a student, as it is now: of the whole studio, of a term, of one class.

Of each kind the rows of the narrowest scope count. enforcement: hard_block, soft_warn (to be
acknowledged), off. valid_from, valid_until: local days, the last one exclusive. Ages in whole
months on the cut-off day (cutoff_year: years after that in which the term begins), else on the day
of registration. options of a pre- or co-requisite: those of one alternative are wanted together.
For everybody; save_requirements changes them.$$;
