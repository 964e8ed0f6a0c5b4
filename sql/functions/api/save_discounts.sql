create or replace function api.save_discounts(
    term_id bigint, expected_version integer, rows jsonb
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id integer;
    v_current jsonb;
    v_wanted jsonb;
    v_row record;
    v_saved_at timestamptz;
    v_version integer := save_discounts.expected_version;
begin
    perform auth.require('manager');
    v_studio_id := auth.studio_id();
    perform pricing.open_rule_set(
        save_discounts.term_id, 'discounts', save_discounts.expected_version
    );
    perform pricing.check_rule_rows(
        save_discounts.rows,
        $json${
            "code": {"type": "key"},
            "label": {"type": "text", "least": 1, "most": 100},
            "category": {
                "type": "word", "words": ["students_in_family", "weekly_classes", "unconditional"]
            },
            "threshold": {"type": "integer", "least": 1, "most": 100, "nullable": true},
            "recipients": {
                "type": "word", "words": ["reaching", "reaching_and_later"], "nullable": true
            },
            "kind": {"type": "word", "words": ["percent", "flat"]},
            "percent_bp": {"type": "integer", "least": 1, "most": 10000, "nullable": true},
            "amount_minor": {"type": "integer", "least": 1, "most": 99999999999, "nullable": true},
            "reduces_tuition": {"type": "boolean"},
            "reduces_fees": {"type": "boolean"},
            "reduces_programs": {"type": "boolean"},
            "available_from": {"type": "instant", "nullable": true},
            "available_until": {"type": "instant", "nullable": true},
            "position": {"type": "integer", "least": 1, "most": 1000},
            "section_ids": {"type": "ids", "nullable": true}
        }$json$
    );
    for v_row in
        select r.number, d.*
        from jsonb_array_elements(save_discounts.rows) with ordinality as r (value, number)
        cross join lateral jsonb_to_record(r.value) as d (
            code text,
            category text,
            threshold integer,
            recipients text,
            kind text,
            percent_bp integer,
            amount_minor bigint,
            reduces_tuition boolean,
            reduces_fees boolean,
            reduces_programs boolean,
            available_from timestamptz,
            available_until timestamptz,
            section_ids jsonb
        )
    loop
        if
            exists (
                select
                from jsonb_array_elements(save_discounts.rows) with ordinality as x (value, number)
                where x.value ->> 'code' = v_row.code and x.number < v_row.number
            )
        then
            perform pricing.refuse_rule(v_row.number, 'code', 'an earlier row has the same');
        elsif (v_row.category = 'unconditional') is distinct from (v_row.threshold is null) then
            perform pricing.refuse_rule(
                v_row.number, 'threshold', 'a condition needs it, and nothing else has one'
            );
        elsif (v_row.category = 'unconditional') is distinct from (v_row.recipients is null) then
            perform pricing.refuse_rule(
                v_row.number, 'recipients', 'a condition needs it, and nothing else has one'
            );
        elsif (v_row.kind = 'percent') is distinct from (v_row.percent_bp is not null) then
            perform pricing.refuse_rule(
                v_row.number, 'percent_bp', 'a percentage needs it, an amount has none'
            );
        elsif (v_row.kind = 'flat') is distinct from (v_row.amount_minor is not null) then
            perform pricing.refuse_rule(
                v_row.number, 'amount_minor', 'an amount needs it, a percentage has none'
            );
        elsif v_row.available_until <= v_row.available_from then
            perform pricing.refuse_rule(
                v_row.number, 'available_until', 'it must be later than its beginning'
            );
        elsif not (v_row.reduces_tuition or v_row.reduces_fees or v_row.reduces_programs) then
            perform pricing.refuse_rule(
                v_row.number, 'reduces_tuition', 'it must reduce something'
            );
        elsif
            exists (
                select
                from jsonb_array_elements(nullif(v_row.section_ids, 'null')) as e (value)
                where
                    e.value::text::bigint not in (
                        select s.id
                        from catalog.sections as s
                        where s.studio_id = v_studio_id and s.term_id = save_discounts.term_id
                    )
            )
        then
            perform pricing.refuse_rule(
                v_row.number, 'section_ids', 'the term has no such section'
            );
        end if;
    end loop;

    v_wanted := (
        select
            coalesce(
                jsonb_agg(
                    n.value order by (n.value ->> 'position')::integer, n.value ->> 'code'
                ),
                '[]'
            )
        from jsonb_array_elements(save_discounts.rows) as r (value)
        cross join lateral (
            select
                pricing.discount_document(
                    jsonb_populate_record(
                        null::pricing.discounts,
                        r.value || jsonb_build_object('label', btrim(r.value ->> 'label'))
                    ),
                    array(
                        select e.value::text::bigint
                        from jsonb_array_elements(
                            coalesce(nullif(r.value -> 'section_ids', 'null'), '[]')
                        ) as e (value)
                    )
                ) as value
        ) as n
    );
    v_current := (
        select
            coalesce(
                jsonb_agg(
                    n.value order by (n.value ->> 'position')::integer, n.value ->> 'code'
                ),
                '[]'
            )
        from pricing.discounts as d
        cross join lateral (
            select
                pricing.discount_document(
                    d,
                    array(
                        select s.section_id
                        from pricing.discount_sections as s
                        where s.studio_id = d.studio_id and s.discount_id = d.id
                    )
                ) as value
        ) as n
        where
            d.studio_id = v_studio_id
            and d.term_id = save_discounts.term_id
            and d.superseded_at is null
    );
    -- What is saved as it was stays as it is, also where nothing may change any more.
    if v_wanted <> v_current then
        if enrollment.is_sold(save_discounts.term_id) then
            perform ops.fail('term_locked');
        end if;
        v_saved_at := clock_timestamp();
        update pricing.discounts as d
        set superseded_at = v_saved_at
        where
            d.studio_id = v_studio_id
            and d.term_id = save_discounts.term_id
            and d.superseded_at is null
            and not exists (
                select
                from jsonb_array_elements(v_current) as o (value)
                inner join jsonb_array_elements(v_wanted) as w (value) on o.value = w.value
                where o.value ->> 'code' = d.code
            );
        with wanted as (
            select w.value
            from jsonb_array_elements(v_wanted) as w (value)
            where
                not exists (
                    select from jsonb_array_elements(v_current) as o (value)
                    where o.value = w.value
                )
        ),

        added as (
            insert into pricing.discounts (
                studio_id, term_id, code, label, category, threshold, recipients, kind, percent_bp,
                amount_minor, reduces_tuition, reduces_fees, reduces_programs, available_from,
                available_until, position, version, valid_from
            )
            select
                v_studio_id,
                save_discounts.term_id,
                d.code,
                d.label,
                d.category,
                d.threshold,
                d.recipients,
                d.kind,
                d.percent_bp,
                d.amount_minor,
                d.reduces_tuition,
                d.reduces_fees,
                d.reduces_programs,
                d.available_from,
                d.available_until,
                d.position,
                1 + coalesce(
                    (
                        select max(x.version)
                        from pricing.discounts as x
                        where
                            x.studio_id = v_studio_id
                            and x.term_id = save_discounts.term_id
                            and x.code = d.code
                    ),
                    0
                ),
                v_saved_at
            from wanted as w
            cross join lateral jsonb_populate_record(null::pricing.discounts, w.value) as d
            returning id, code
        )

        insert into pricing.discount_sections (studio_id, discount_id, section_id)
        select v_studio_id, n.id, e.value::text::bigint
        from added as n
        inner join wanted as w on n.code = w.value ->> 'code'
        cross join lateral jsonb_array_elements(w.value -> 'section_ids') as e (value);
        v_version := pricing.close_rule_set(save_discounts.term_id, 'discounts');
    end if;
    return jsonb_build_object('version', v_version, 'rows', v_wanted);
end;
$$;
alter function api.save_discounts(bigint, integer, jsonb) owner to pricing;
grant execute on function api.save_discounts(bigint, integer, jsonb) to manager;
comment on function api.save_discounts(bigint, integer, jsonb) is
$$Save all discounts of a term: what is left out is taken away, what changed gets a new version.

For managers. expected_version: that of api.rule_sets, kind discounts; 0 when never saved. rows: in
the form of the answer, {"version", "rows"}: code, label, category, threshold, recipients, kind,
percent_bp (basis points) or amount_minor (minor units), reduces_tuition, reduces_fees,
reduces_programs, available_from, available_until, position, section_ids. Errors: term_not_found,
version_stale, rule_invalid, and term_locked once the term is sold, unless nothing changes.$$;
