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
    v_fault record;
    v_rules jsonb;
begin
    perform auth.require('manager');
    perform pricing.open_rule_set(save_plans.term_id, 'plans', save_plans.expected_version);
    v_rows := pricing.checked_rows(
        save_plans.rows,
        '{
            "code": {"type": "code"},
            "label": {"type": "text"},
            "kind": {
                "type": "word",
                "in": ["full", "deposit_flat", "deposit_percent", "monthly", "dated"]
            },
            "installments": {"type": "whole", "min": 1, "max": 12},
            "auto_pay": {"type": "boolean"},
            "fee_per_installment_minor": {"type": "whole", "min": 0, "max": 99999999999},
            "accepts_checkout": {"type": "boolean"},
            "deposit_minor": {"type": "whole", "min": 1, "max": 99999999999, "optional": true},
            "deposit_bp": {"type": "whole", "min": 1, "max": 10000, "optional": true},
            "balance_due_on": {"type": "date", "optional": true},
            "last_due_on": {"type": "date", "optional": true},
            "due_dates": {"type": "dates", "optional": true},
            "shares_bp": {"type": "wholes", "min": 1, "max": 10000, "optional": true},
            "do_capture": {"type": "boolean", "default": true}
        }',
        '{code}'
    );
    select r.position::integer, p.name, p.problem into v_fault
    from jsonb_array_elements(v_rows) with ordinality as r (rule, position)
    cross join lateral jsonb_populate_record(null::pricing.payment_plans, r.rule) as c
    cross join lateral (
        select
            c.kind in ('deposit_flat', 'deposit_percent') as has_deposit,
            c.kind = 'dated' as is_dated
    ) as k
    cross join lateral (
        values
        (1, 'code', 'plan custom is what staff arrange for a cart', c.code = 'custom'),
        (
            2, 'installments', 'installments must be 1 for full, 2 with a deposit, or else more',
            case
                when c.kind = 'full' then c.installments <> 1
                when k.has_deposit then c.installments <> 2
                else c.installments < 2
            end
        ),
        (
            3, 'auto_pay', 'auto_pay must be true for monthly, and false for full',
            case c.kind when 'monthly' then not c.auto_pay when 'full' then c.auto_pay end
        ),
        (
            4, 'fee_per_installment_minor', 'a plan with a deposit has no fee for its parts',
            k.has_deposit and c.fee_per_installment_minor > 0
        ),
        (
            5, 'deposit_minor', 'deposit_minor is what deposit_flat needs, and only it has',
            (c.kind = 'deposit_flat') <> (c.deposit_minor is not null)
        ),
        (
            6, 'deposit_bp', 'deposit_bp is what deposit_percent needs, and only it has',
            (c.kind = 'deposit_percent') <> (c.deposit_bp is not null)
        ),
        (
            7, 'balance_due_on', 'only a plan with a deposit has balance_due_on',
            c.balance_due_on is not null and not k.has_deposit
        ),
        (
            8, 'last_due_on', 'only a monthly plan has last_due_on',
            c.last_due_on is not null and c.kind <> 'monthly'
        ),
        (
            9, 'due_dates', 'due_dates of a dated plan must be one for each part, ascending',
            case
                when k.is_dated
                    then
                        cardinality(c.due_dates) is distinct from c.installments
                        or c.due_dates
                        <> array(select distinct d from unnest(c.due_dates) as d order by d)
                else c.due_dates is not null
            end
        ),
        (
            10, 'shares_bp', 'shares_bp of a dated plan must be one for each part, 10000 together',
            case
                when k.is_dated
                    then
                        cardinality(c.shares_bp) is distinct from c.installments
                        or (select sum(s) from unnest(c.shares_bp) as s) <> 10000
                else c.shares_bp is not null
            end
        )
    ) as p (number, name, problem, is_wrong)
    where p.is_wrong
    order by r.position, p.number
    limit 1;
    if found then
        perform pricing.refuse_row(v_fault.position, v_fault.name, v_fault.problem);
    end if;
    select coalesce(jsonb_agg(r.rule || jsonb_build_object('term_id', save_plans.term_id)), '[]')
    into v_rules
    from jsonb_array_elements(v_rows) as r (rule);
    if
        pricing.replace_rules(
            'payment_plans',
            'term_id',
            array[save_plans.term_id],
            '{code}',
            v_rules,
            -- It comes with the first schedule that staff arrange.
            p_others => '{"kind": "custom"}'
        )
    then
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
                    'kind', p.kind,
                    'installments', p.installments,
                    'auto_pay', p.auto_pay,
                    'fee_per_installment_minor', p.fee_per_installment_minor,
                    'accepts_checkout', p.accepts_checkout,
                    'deposit_minor', p.deposit_minor,
                    'deposit_bp', p.deposit_bp,
                    'balance_due_on', p.balance_due_on,
                    'last_due_on', p.last_due_on,
                    'due_dates', p.due_dates,
                    'shares_bp', p.shares_bp,
                    'do_capture', p.do_capture
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
        and p.kind <> 'custom'
        and p.superseded_at is null;
    return jsonb_build_object('version', v_version, 'rows', v_rows);
end;
$$;
alter function api.save_plans(bigint, integer, jsonb) owner to pricing;
grant execute on function api.save_plans(bigint, integer, jsonb) to manager;
comment on function api.save_plans(bigint, integer, jsonb) is
$$Save the payment plans of a term as a whole: how its families may pay.

For managers. rows: array of {code, label, kind, installments, auto_pay, fee_per_installment_minor,
accepts_checkout, deposit_minor, deposit_bp, balance_due_on, last_due_on, due_dates, shares_bp,
do_capture}.
kind: full (1 installment, no auto_pay), deposit_flat (deposit_minor) or deposit_percent
(deposit_bp), both of 2 installments with balance_due_on or null, monthly (2 to 12, auto_pay, none
after last_due_on), dated (due_dates and shares_bp, one for each part). do_capture: false: cards
are only authorized, and captured by staff; left out: true. Amounts: whole minor units;
shares: basis points, 10000 together. Schedules that staff arrange for a cart are not among them.
expected_version: of the table as it was read (rule_sets; 0 when it was never saved). What is left
out ends, what differs gets its next version, both at once. Answers {version, rows} as they are now.
Errors: term_not_found, version_stale, rule_invalid (details: row from 1, column), term_locked when
families have registered and something would change.$$;
