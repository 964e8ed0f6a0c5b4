create or replace function api.save_coupons(
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
    v_version integer := save_coupons.expected_version;
    v_rows jsonb;
    v_fault record;
    v_rules jsonb;
begin
    perform auth.require('manager');
    perform pricing.open_rule_set(save_coupons.term_id, 'coupons', save_coupons.expected_version);
    v_rows := pricing.checked_rows(
        save_coupons.rows,
        '{
            "key": {"type": "code"},
            "name": {"type": "text", "max": 100},
            "code": {"type": "text", "min": 3, "max": 40, "optional": true},
            "kind": {"type": "word", "in": ["percent", "flat"]},
            "percent_bp": {"type": "whole", "min": 1, "max": 10000, "optional": true},
            "amount_minor": {"type": "whole", "min": 1, "max": 99999999999, "optional": true},
            "available_from": {"type": "instant", "optional": true},
            "available_until": {"type": "instant", "optional": true},
            "max_uses": {"type": "whole", "min": 1, "max": 1000000, "optional": true},
            "max_uses_per_family": {"type": "whole", "min": 1, "max": 1000000, "optional": true},
            "stackable": {"type": "boolean"},
            "applies_to": {"type": "words", "in": ["tuition", "registration", "recital"]},
            "most_expensive_only": {"type": "boolean"},
            "active": {"type": "boolean"},
            "section_ids": {"type": "ids", "default": []}
        }',
        '{key}'
    );
    select
        coalesce(
            jsonb_agg(
                r.rule || jsonb_build_object('code', upper(r.rule ->> 'code'))
                order by r.position
            ),
            '[]'
        )
    into v_rows
    from jsonb_array_elements(v_rows) with ordinality as r (rule, position);
    -- A code names one coupon of the studio, in whatever term.
    perform pg_advisory_xact_lock(hashtextextended('coupons ' || auth.studio_id(), 0));
    select r.position::integer, p.name, p.problem into v_fault
    from jsonb_array_elements(v_rows) with ordinality as r (rule, position)
    cross join lateral jsonb_populate_record(null::pricing.coupons, r.rule) as c
    -- As it was written: a capital may be plain where its small letter is not.
    cross join lateral (
        select save_coupons.rows -> (r.position::integer - 1) ->> 'code' as code
    ) as w
    cross join lateral (
        values
        (
            -- Else everybody would have it.
            1, 'code', 'code is blank; only a coupon without one applies by itself',
            w.code is not null and c.code is null
        ),
        (
            2, 'code', 'code must be of plain letters, digits and signs, as every phone has them',
            octet_length(w.code) > length(w.code) or c.code ~ '[[:cntrl:]]'
        ),
        (
            3, 'code', 'another coupon has the same code',
            exists (
                select
                from jsonb_array_elements(v_rows) with ordinality as x (rule, position)
                where x.rule ->> 'code' = c.code and x.position < r.position
            )
            or exists (
                select
                from pricing.coupons as x
                where
                    x.studio_id = auth.studio_id()
                    and x.code = c.code
                    and x.superseded_at is null
                    and x.term_id <> save_coupons.term_id
            )
        ),
        (
            4, 'percent_bp', 'percent_bp is what a percentage needs, and only it has',
            (c.kind = 'percent') <> (c.percent_bp is not null)
        ),
        (
            5, 'amount_minor', 'amount_minor is what an amount needs, and only it has',
            (c.kind = 'flat') <> (c.amount_minor is not null)
        ),
        (
            6, 'available_until', 'available_until must be later than available_from',
            c.available_until <= c.available_from
        ),
        (
            7, 'section_ids', 'the term has no such section',
            exists (
                select
                from jsonb_array_elements(r.rule -> 'section_ids') as e (id)
                left join catalog.sections as s
                    on
                        s.studio_id = auth.studio_id()
                        and s.term_id = save_coupons.term_id
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
    select coalesce(jsonb_agg(r.rule || jsonb_build_object('term_id', save_coupons.term_id)), '[]')
    into v_rules
    from jsonb_array_elements(v_rows) as r (rule);
    if
        pricing.replace_rules(
            'coupons', 'term_id', array[save_coupons.term_id], '{key}', v_rules
        )
    then
        v_version := pricing.close_rule_set(save_coupons.term_id, 'coupons');
    end if;
    select coalesce(jsonb_agg(r.rule order by r.rule ->> 'key'), '[]') into v_rows
    from jsonb_array_elements(v_rows) as r (rule);
    return jsonb_build_object('version', v_version, 'rows', v_rows);
end;
$$;
alter function api.save_coupons(bigint, integer, jsonb) owner to pricing;
grant execute on function api.save_coupons(bigint, integer, jsonb) to manager;
comment on function api.save_coupons(bigint, integer, jsonb) is
$$Save all coupons of a term: what is left out is taken away, what changed gets a new version.

For managers, also once the term is sold. expected_version: that of api.rule_sets, kind coupons; 0
when never saved. rows: in the form of the answer, {"version", "rows"}: key, name, code (plain ASCII,
kept in capitals; null: applied by itself), kind, percent_bp (basis points) or amount_minor (minor
units), available_from, available_until, max_uses, max_uses_per_family, stackable, applies_to,
most_expensive_only, active, section_ids. Uses so far count on as long as the key is the same.
Errors: term_not_found, version_stale, rule_invalid.$$;
