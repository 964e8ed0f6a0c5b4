create or replace function api.save_family_discount(
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
    v_version integer := save_family_discount.expected_version;
    v_rows jsonb;
    v_rules jsonb;
begin
    perform auth.require('manager');
    perform pricing.open_rule_set(
        save_family_discount.term_id, 'family_discount', save_family_discount.expected_version
    );
    -- Without a key, a second row repeats the first.
    v_rows := pricing.checked_rows(
        save_family_discount.rows,
        '{
            "min_students": {"type": "whole", "min": 2, "max": 100},
            "amount_minor": {"type": "whole", "min": 1, "max": 99999999999}
        }',
        '{}'
    );
    select
        coalesce(
            jsonb_agg(r.rule || jsonb_build_object('term_id', save_family_discount.term_id)), '[]'
        )
    into v_rules
    from jsonb_array_elements(v_rows) as r (rule);
    if
        pricing.replace_rules(
            'family_discounts', 'term_id', array[save_family_discount.term_id], '{}', v_rules
        )
    then
        if enrollment.is_sold(save_family_discount.term_id) then
            perform ops.fail('term_locked');
        end if;
        v_version := pricing.close_rule_set(save_family_discount.term_id, 'family_discount');
    end if;
    return jsonb_build_object('version', v_version, 'rows', v_rows);
end;
$$;
alter function api.save_family_discount(bigint, integer, jsonb) owner to pricing;
grant execute on function api.save_family_discount(bigint, integer, jsonb) to manager;
comment on function api.save_family_discount(bigint, integer, jsonb) is
$$Save what a family saves once in a term when enough of its students enroll; no row: nothing.

For managers. rows: array of at most one {min_students, amount_minor}; min_students: from 2;
amount_minor: whole minor units taken off, more than 0. expected_version: of the table as it was
read (rule_sets; 0 when it was never saved). Answers {version, rows} as they are now.
Errors: term_not_found, version_stale, rule_invalid (details: row from 1, column), term_locked when
families have registered and something would change.$$;
