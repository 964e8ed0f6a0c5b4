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
    v_version integer := save_discounts.expected_version;
    v_rows jsonb;
    v_fault record;
    v_rules jsonb;
begin
    perform auth.require('manager');
    perform pricing.open_rule_set(
        save_discounts.term_id, 'discounts', save_discounts.expected_version
    );
    v_rows := pricing.checked_rows(
        save_discounts.rows,
        '{
            "code": {"type": "code"},
            "label": {"type": "text", "max": 100},
            "category": {
                "type": "word", "in": ["students_in_family", "weekly_classes", "unconditional"]
            },
            "threshold": {"type": "whole", "min": 1, "max": 100, "optional": true},
            "recipients": {
                "type": "word", "in": ["reaching", "reaching_and_later"], "optional": true
            },
            "kind": {"type": "word", "in": ["percent", "flat"]},
            "percent_bp": {"type": "whole", "min": 1, "max": 10000, "optional": true},
            "amount_minor": {"type": "whole", "min": 1, "max": 99999999999, "optional": true},
            "reduces_tuition": {"type": "boolean"},
            "reduces_fees": {"type": "boolean"},
            "reduces_programs": {"type": "boolean"},
            "available_from": {"type": "instant", "optional": true},
            "available_until": {"type": "instant", "optional": true},
            "position": {"type": "whole", "min": 1, "max": 1000},
            "section_ids": {"type": "ids", "default": []}
        }',
        '{code}'
    );
    select r.position::integer, p.name, p.problem into v_fault
    from jsonb_array_elements(v_rows) with ordinality as r (rule, position)
    cross join lateral jsonb_populate_record(null::pricing.discounts, r.rule) as c
    cross join lateral (
        values
        (
            1, 'threshold', 'threshold is what a condition needs, and only it has',
            (c.category = 'unconditional') <> (c.threshold is null)
        ),
        (
            2, 'recipients', 'recipients is what a condition needs, and only it has',
            (c.category = 'unconditional') <> (c.recipients is null)
        ),
        (
            3, 'percent_bp', 'percent_bp is what a percentage needs, and only it has',
            (c.kind = 'percent') <> (c.percent_bp is not null)
        ),
        (
            4, 'amount_minor', 'amount_minor is what an amount needs, and only it has',
            (c.kind = 'flat') <> (c.amount_minor is not null)
        ),
        (
            5, 'available_until', 'available_until must be later than available_from',
            c.available_until <= c.available_from
        ),
        (
            6, 'reduces_tuition', 'it must reduce something',
            not (c.reduces_tuition or c.reduces_fees or c.reduces_programs)
        ),
        (
            7, 'section_ids', 'the term has no such section',
            exists (
                select
                from jsonb_array_elements(r.rule -> 'section_ids') as e (id)
                left join catalog.sections as s
                    on
                        s.studio_id = auth.studio_id()
                        and s.term_id = save_discounts.term_id
                        and e.id::bigint = s.id
                where s.id is null
            )
        )
    ) as p (number, name, problem, is_wrong)
    where p.is_wrong
    order by r.position, p.number
    limit 1;
    if found then
        perform pricing.refuse_row(v_fault.position, v_fault.name, v_fault.problem);
    end if;
    select
        coalesce(
            jsonb_agg(r.rule || jsonb_build_object('term_id', save_discounts.term_id)), '[]'
        )
    into v_rules
    from jsonb_array_elements(v_rows) as r (rule);
    if
        pricing.replace_rules(
            'discounts', 'term_id', array[save_discounts.term_id], '{code}', v_rules
        )
    then
        if enrollment.is_sold(save_discounts.term_id) then
            perform ops.fail('term_locked');
        end if;
        v_version := pricing.close_rule_set(save_discounts.term_id, 'discounts');
    end if;
    select
        coalesce(
            jsonb_agg(r.rule order by (r.rule -> 'position')::integer, r.rule ->> 'code'), '[]'
        )
    into v_rows
    from jsonb_array_elements(v_rows) as r (rule);
    return jsonb_build_object('version', v_version, 'rows', v_rows);
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
