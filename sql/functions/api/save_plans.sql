create or replace function api.save_plans(term_id bigint, expected_version integer, rows jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_version integer := save_plans.expected_version;
    v_rows jsonb;
    v_position integer;
begin
    perform auth.require('manager');
    perform pricing.open_rule_set(save_plans.term_id, 'plans', save_plans.expected_version);
    v_rows := pricing.checked_rows(
        save_plans.rows,
        '{
            "code": {"type": "code"},
            "label": {"type": "text"},
            "installments": {"type": "whole", "min": 1, "max": 12},
            "auto_pay": {"type": "boolean"},
            "fee_per_installment_minor": {"type": "whole", "min": 0, "max": 99999999999},
            "accepts_checkout": {"type": "boolean"}
        }',
        '{code}'
    );
    select min(r.position)::integer into v_position
    from jsonb_array_elements(v_rows) with ordinality as r (rule, position)
    where (r.rule ->> 'auto_pay')::boolean <> ((r.rule ->> 'installments')::integer > 1);
    if v_position is not null then
        perform pricing.refuse_row(
            v_position, 'auto_pay', 'auto_pay must be true for several installments, and only then'
        );
    end if;
    if pricing.replace_rules('payment_plans', '{code}', save_plans.term_id, v_rows) then
        if enrollment.is_sold(save_plans.term_id) then
            perform ops.fail('term_locked');
        end if;
        v_version := pricing.close_rule_set(save_plans.term_id, 'plans');
    end if;
    select
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'code', p.code,
                    'label', p.label,
                    'installments', p.installments,
                    'auto_pay', p.auto_pay,
                    'fee_per_installment_minor', p.fee_per_installment_minor,
                    'accepts_checkout', p.accepts_checkout
                )
                order by p.installments, p.code
            ),
            '[]'
        )
    into v_rows
    from pricing.payment_plans as p
    where
        p.studio_id = auth.studio_id()
        and p.term_id = save_plans.term_id
        and p.superseded_at is null;
    return jsonb_build_object('version', v_version, 'rows', v_rows);
end;
$$;
alter function api.save_plans(bigint, integer, jsonb) owner to pricing;
grant execute on function api.save_plans(bigint, integer, jsonb) to manager;
comment on function api.save_plans(bigint, integer, jsonb) is
$$Save the payment plans of a term as a whole: how its families may pay.

For managers. rows: array of {code, label, installments, auto_pay, fee_per_installment_minor,
accepts_checkout}; installments: 1 to 12, several of them with auto_pay;
fee_per_installment_minor: whole minor units. expected_version: of the table as it was read
(rule_sets; 0 when it was never saved). What is left out ends, what differs gets its next version,
both at once. Answers {version, rows} as they are now.
Errors: term_not_found, version_stale, rule_invalid (details: row from 1, column), term_locked when
families have registered and something would change.$$;
