create or replace function catalog.requirement_rows(p_term_id bigint, p_rows jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    c_kinds constant text [] := array[
        'schedule_conflict', 'prerequisite', 'corequisite', 'teacher_approval', 'audition',
        'age_or_grade', 'gender', 'parent_present', 'division', 'balance_owed'
    ];
    v_rows jsonb;
    v_checked jsonb := jsonb_build_array();
    v_row record;
    v_options jsonb;
    v_fault record;
    v_position bigint;
begin
    if p_term_id is not null and not exists (
        select
        from catalog.terms as t
        where t.studio_id = auth.studio_id() and t.id = p_term_id
    ) then
        perform ops.fail('term_not_found');
    end if;
    select min(r.position) into v_position
    from jsonb_array_elements(
        case jsonb_typeof(p_rows) when 'array' then p_rows else '[]' end
    ) with ordinality as r (value, position)
    where
        jsonb_typeof(r.value) = 'object'
        and r.value ->> 'kind' is not null
        and btrim(r.value ->> 'kind') <> all(c_kinds);
    if v_position is not null then
        perform ops.fail('requirement_kind_unknown', jsonb_build_object('row', v_position));
    end if;
    v_rows := pricing.checked_rows(
        p_rows,
        jsonb_build_object('kind', jsonb_build_object('type', 'word', 'in', c_kinds))
        || '{
            "code": {"type": "code"},
            "class": {"type": "text", "optional": true},
            "enforcement": {"type": "word", "in": ["hard_block", "soft_warn", "off"]},
            "is_waivable": {"type": "boolean", "default": true},
            "valid_from": {"type": "date", "optional": true},
            "valid_until": {"type": "date", "optional": true},
            "lowest_age_years": {"type": "whole", "min": 0, "max": 99, "optional": true},
            "highest_age_years": {"type": "whole", "min": 0, "max": 99, "optional": true},
            "lowest_age_months": {"type": "whole", "min": 0, "max": 1200, "optional": true},
            "highest_age_months": {"type": "whole", "min": 0, "max": 1200, "optional": true},
            "cutoff_month": {"type": "whole", "min": 1, "max": 12, "optional": true},
            "cutoff_day": {"type": "whole", "min": 1, "max": 31, "optional": true},
            "cutoff_year": {"type": "whole", "min": -1, "max": 1, "optional": true},
            "lowest_grade": {"type": "whole", "min": -3, "max": 12, "optional": true},
            "highest_grade": {"type": "whole", "min": -3, "max": 12, "optional": true},
            "gender": {"type": "word", "in": ["female", "male"], "optional": true},
            "division": {"type": "code", "optional": true},
            "counts_itself": {"type": "boolean", "default": false},
            "options": {"type": "list", "default": []}
        }',
        '{code}'
    );
    for v_row in
        select r.value as rule, r.position::integer as position
        from jsonb_array_elements(v_rows) with ordinality as r (value, position)
        order by r.position
    loop
        begin
            v_options := pricing.checked_rows(
                v_row.rule -> 'options',
                '{
                    "alternative": {"type": "whole", "min": 1, "max": 100, "optional": true},
                    "class": {"type": "text", "optional": true},
                    "discipline": {"type": "text", "optional": true},
                    "level": {"type": "whole", "min": 1, "max": 100, "optional": true},
                    "division": {"type": "code", "optional": true},
                    "count": {"type": "whole", "min": 1, "max": 20, "optional": true}
                }',
                '{alternative,class,discipline,level,division}'
            );
        exception
            when sqlstate 'PGRST' then
                -- The row is that of the table, not that of the option.
                perform pricing.refuse_row(
                    v_row.position, 'options', 'an option ' || (
                        (sqlerrm::jsonb ->> 'details')::jsonb ->> 'problem'
                    )
                );
        end;
        v_checked := v_checked || jsonb_build_array(
            v_row.rule - '{lowest_age_years,highest_age_years}'::text []
            || jsonb_build_object(
                -- Months win where both are given; a year lasts until the next birthday.
                'lowest_age_months', coalesce(
                    v_row.rule -> 'lowest_age_months' #>> '{}',
                    ((v_row.rule ->> 'lowest_age_years')::integer * 12)::text
                )::integer,
                'highest_age_months', coalesce(
                    v_row.rule -> 'highest_age_months' #>> '{}',
                    ((v_row.rule ->> 'highest_age_years')::integer * 12 + 11)::text
                )::integer,
                -- Of the year in which the term begins, if nothing else is said.
                'cutoff_year', coalesce(
                    (v_row.rule ->> 'cutoff_year')::integer,
                    case when v_row.rule ->> 'cutoff_month' is not null then 0 end
                ),
                -- One class of the first alternative, if nothing else is said.
                'options', (
                    select
                        coalesce(
                            jsonb_agg(
                                o.value
                                || jsonb_build_object(
                                    'alternative', n.alternative,
                                    'count', coalesce((o.value ->> 'count')::integer, 1)
                                )
                                order by n.alternative, o.position
                            ),
                            '[]'
                        )
                    from jsonb_array_elements(v_options) with ordinality as o (value, position)
                    cross join lateral (
                        select coalesce((o.value ->> 'alternative')::integer, 1) as alternative
                    ) as n
                )
            )
        );
    end loop;
    select r.position::integer, p.name, p.problem into v_fault
    from jsonb_array_elements(v_checked) with ordinality as r (rule, position)
    cross join lateral jsonb_populate_record(
        null::catalog.requirements, r.rule - 'options'
    ) as c
    cross join lateral (
        select
            c.kind in ('prerequisite', 'corequisite') as has_options,
            c.enforcement = 'off' as is_off
    ) as f
    cross join lateral (
        values
        (
            1, 'class', 'there is no such class in this term',
            r.rule ->> 'class' is not null
            and not exists (
                select
                from catalog.classes as k
                where
                    k.studio_id = auth.studio_id()
                    and k.term_id = p_term_id
                    and k.title = r.rule ->> 'class'
            )
        ),
        (
            2, 'enforcement', 'a clash of times can only be refused',
            c.kind = 'schedule_conflict' and c.enforcement <> 'hard_block'
        ),
        (
            3, 'valid_until', 'valid_until must be later than valid_from',
            c.valid_until <= c.valid_from
        ),
        (
            4, 'lowest_age_months', 'ages and grades are what such a rule needs, and only it has',
            (c.kind = 'age_or_grade' and not f.is_off)
            <> (
                num_nonnulls(
                    c.lowest_age_months, c.highest_age_months, c.lowest_grade, c.highest_grade
                ) > 0
            )
        ),
        (
            5, 'highest_age_months', 'the highest age is below the lowest',
            c.highest_age_months < c.lowest_age_months
        ),
        (
            6, 'highest_grade', 'the highest grade is below the lowest',
            c.highest_grade < c.lowest_grade
        ),
        (
            7, 'cutoff_month', 'a cut-off has a month and a day, and is for an age',
            num_nonnulls(c.cutoff_month, c.cutoff_day, c.cutoff_year) not in (0, 3)
            or (
                c.cutoff_month is not null
                and num_nonnulls(c.lowest_age_months, c.highest_age_months) = 0
            )
        ),
        (
            8, 'cutoff_day', 'not every year has such a day',
            c.cutoff_day > case
                when c.cutoff_month = 2 then 28
                when c.cutoff_month in (4, 6, 9, 11) then 30
                else 31
            end
        ),
        (
            9, 'gender', 'gender is what such a rule needs, and only it has',
            (c.kind = 'gender' and not f.is_off) <> (c.gender is not null)
        ),
        (
            10, 'division', 'only a rule of division has one',
            r.rule ->> 'division' is not null and (c.kind <> 'division' or f.is_off)
        ),
        (
            11, 'division', 'there is no such division',
            r.rule ->> 'division' is not null
            and not exists (
                select
                from catalog.divisions as d
                where d.studio_id = auth.studio_id() and d.code = r.rule ->> 'division'
            )
        ),
        (
            12, 'counts_itself', 'only a co-requisite can count the class itself',
            c.counts_itself and (c.kind <> 'corequisite' or f.is_off)
        ),
        (
            13, 'options', 'options are what a pre- or co-requisite needs, and only it has',
            (f.has_options and not f.is_off) <> (r.rule -> 'options' <> '[]')
        ),
        (
            14, 'options', 'an option is a class, a discipline, a division or any class',
            exists (
                select
                from jsonb_array_elements(r.rule -> 'options') as o
                where
                    num_nonnulls(
                        o.value ->> 'class', o.value ->> 'discipline', o.value ->> 'division'
                    ) > 1
                    or (
                        o.value ->> 'level' is not null and o.value ->> 'discipline' is null
                    )
            )
        ),
        (
            15, 'options', 'an option names a division that is not there',
            exists (
                select
                from jsonb_array_elements(r.rule -> 'options') as o
                where
                    o.value ->> 'division' is not null
                    and not exists (
                        select
                        from catalog.divisions as d
                        where
                            d.studio_id = auth.studio_id() and d.code = o.value ->> 'division'
                    )
            )
        ),
        (
            16, 'options', 'the term has no such class to be taken beside it',
            c.kind = 'corequisite'
            and p_term_id is not null
            and exists (
                select
                from jsonb_array_elements(r.rule -> 'options') as o
                where
                    o.value ->> 'class' is not null
                    and not exists (
                        select
                        from catalog.classes as k
                        where
                            k.studio_id = auth.studio_id()
                            and k.term_id = p_term_id
                            and k.title = o.value ->> 'class'
                    )
            )
        )
    ) as p (number, name, problem, is_wrong)
    where p.is_wrong
    order by r.position, p.number
    limit 1;
    if found then
        perform pricing.refuse_row(v_fault.position, v_fault.name, v_fault.problem);
    end if;
    -- What can't hold together, or for anybody.
    select x.position, x.other_position, x.problem into v_fault
    from (
        select
            b.position, a.position as other_position,
            'both say what holds for the same classes at the same time' as problem
        from jsonb_array_elements(v_checked) with ordinality as a (rule, position)
        inner join jsonb_array_elements(v_checked) with ordinality as b (rule, position)
            on
                a.position < b.position
                and a.rule -> 'kind' = b.rule -> 'kind'
                and a.rule -> 'class' = b.rule -> 'class'
        cross join lateral jsonb_populate_record(
            null::catalog.requirements, a.rule - 'options'
        ) as c
        cross join lateral jsonb_populate_record(
            null::catalog.requirements, b.rule - 'options'
        ) as d
        where
            daterange(c.valid_from, c.valid_until) && daterange(d.valid_from, d.valid_until)
            and (
                a.rule ->> 'kind' not in ('prerequisite', 'corequisite')
                or 'off' in (a.rule ->> 'enforcement', b.rule ->> 'enforcement')
            )
        union all
        select
            a.position, a.position,
            'a class can''t be taken beside itself alone'
        from jsonb_array_elements(v_checked) with ordinality as a (rule, position)
        where
            a.rule ->> 'kind' = 'corequisite'
            and a.rule ->> 'class' is not null
            and a.rule -> 'options' <> '[]'
            and not exists (
                select
                from (
                    select
                        bool_or(
                            coalesce(o.value ->> 'class' = a.rule ->> 'class', false)
                        ) as names_itself
                    from jsonb_array_elements(a.rule -> 'options') as o
                    group by o.value -> 'alternative'
                ) as y
                where not y.names_itself
            )
    ) as x
    order by x.position, x.other_position
    limit 1;
    if found then
        perform ops.fail(
            'requirements_contradict',
            jsonb_build_object(
                'row', v_fault.position,
                'other_row', v_fault.other_position,
                'problem', v_fault.problem
            )
        );
    end if;
    return v_checked;
end;
$$;
alter function catalog.requirement_rows(bigint, jsonb) owner to catalog;
comment on function catalog.requirement_rows(bigint, jsonb) is
$$A table of requirements as managers sent it, checked and in the form of requirement_documents().

p_term_id null: those of the whole studio. Raises term_not_found, requirement_kind_unknown,
rule_invalid, requirements_contradict.$$;
