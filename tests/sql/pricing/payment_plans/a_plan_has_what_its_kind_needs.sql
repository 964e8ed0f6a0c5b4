begin;
set local search_path = tap, public;
select plan(37);
-- Which constraint refuses a plan; null: none does.
create function pg_temp.refused(p_values jsonb) returns text language plpgsql as $$
declare
    v_constraint text;
    v_message text;
begin
    perform tests.act_as_deploy();
    insert into pricing.payment_plans overriding user value
    select
        (
            jsonb_populate_record(
                null::pricing.payment_plans,
                jsonb_build_object(
                    'studio_id', auth.studio_id(), 'term_id', tests.term(), 'code', 'tried',
                    'label', 'Tried', 'auto_pay', false, 'fee_per_installment_minor', 0,
                    'accepts_checkout', false, 'do_capture', true, 'version', 1, 'valid_from',
                    now()
                )
                || p_values
            )
        ).*;
    raise exception 'undo' using errcode = 'UNDO0';
exception
    when check_violation then
        get stacked diagnostics v_constraint = constraint_name, v_message = message_text;
        return coalesce(nullif(replace(v_constraint, 'payment_plans_', ''), ''), v_message);
    when sqlstate 'UNDO0' then
        return null;
end;
$$;
create temporary table tried (
    number integer generated always as identity, row_of jsonb, refused text, what text
);
insert into tried (row_of, refused, what) values
('{"kind": "full", "installments": 1}', null, 'in full is one part'),
('{"kind": "full", "installments": 2}', 'installments_by_kind', 'and no more'),
('{"kind": "full"}', 'installments_by_kind', 'nor none'),
('{"kind": "full", "installments": 1, "auto_pay": true}', 'auto_pay_by_kind', 'nor later'),
('{"kind": "later", "installments": 2}', 'kind_known', 'an unknown kind'),
('{"kind": "monthly", "installments": 2, "auto_pay": true}', null, 'two months'),
('{"kind": "monthly", "installments": 12, "auto_pay": true}', null, 'a year'),
('{"kind": "monthly", "installments": 13, "auto_pay": true}', 'installments_by_kind', 'no longer'),
('{"kind": "monthly", "installments": 1, "auto_pay": true}', 'installments_by_kind', 'one month'),
('{"kind": "monthly", "installments": 5}', 'auto_pay_by_kind', 'months need a card'),
(
    '{"kind": "monthly", "installments": 5, "auto_pay": true, "last_due_on": "2027-05-01"}', null,
    'months until a date'
),
(
    '{"kind": "full", "installments": 1, "last_due_on": "2027-05-01"}', 'last_due_on_by_kind',
    'a last date is for months'
),
('{"kind": "deposit_flat", "installments": 2, "deposit_minor": 1}', null, 'a deposit'),
('{"kind": "deposit_flat", "installments": 2}', 'deposit_minor_by_kind', 'one that is missing'),
(
    '{"kind": "deposit_flat", "installments": 2, "deposit_minor": 0}', 'deposit_minor_positive',
    'one of nothing'
),
(
    '{"kind": "deposit_flat", "installments": 3, "deposit_minor": 1}', 'installments_by_kind',
    'one with two balances'
),
(
    '{"kind": "full", "installments": 1, "deposit_minor": 1}', 'deposit_minor_by_kind',
    'one that leaves no balance'
),
(
    '{"kind": "deposit_flat", "installments": 2, "deposit_minor": 1,
    "fee_per_installment_minor": 1}', 'fee_by_kind', 'one with a fee'
),
(
    '{"kind": "deposit_flat", "installments": 2, "deposit_minor": 1, "auto_pay": true,
    "balance_due_on": "2027-03-01"}', null, 'its balance on a date, from the card'
),
(
    '{"kind": "full", "installments": 1, "balance_due_on": "2027-03-01"}', 'balance_by_kind',
    'a balance is for deposits'
),
('{"kind": "deposit_percent", "installments": 2, "deposit_bp": 10000}', null, '100 %'),
(
    '{"kind": "deposit_percent", "installments": 2, "deposit_bp": 10001}', 'deposit_bp_range',
    'more than 100 %'
),
('{"kind": "deposit_percent", "installments": 2, "deposit_bp": 0}', 'deposit_bp_range', '0 %'),
('{"kind": "deposit_percent", "installments": 2}', 'deposit_bp_by_kind', 'no percentage'),
(
    '{"kind": "deposit_percent", "installments": 2, "deposit_bp": 1, "deposit_minor": 1}',
    'deposit_minor_by_kind', 'two deposits'
),
(
    '{"kind": "dated", "installments": 2, "due_dates": ["2027-01-01", "2027-02-01"],
    "shares_bp": [1, 9999]}', null, 'shares on dates'
),
(
    '{"kind": "dated", "installments": 3, "due_dates": ["2027-01-01", "2027-02-01"],
    "shares_bp": [1, 9999]}', 'template_by_kind', 'another number of parts'
),
(
    '{"kind": "dated", "installments": 2, "due_dates": ["2027-01-01", "2027-02-01"],
    "shares_bp": [1, 9998]}',
    'the shares of plan tried must be more than 0 and 10000 together, on ascending dates',
    'shares of less than the total'
),
(
    '{"kind": "dated", "installments": 2, "due_dates": ["2027-01-01", "2027-02-01"],
    "shares_bp": [0, 10000]}',
    'the shares of plan tried must be more than 0 and 10000 together, on ascending dates',
    'a share of nothing'
),
(
    '{"kind": "dated", "installments": 2, "due_dates": ["2027-01-01", "2027-01-01"],
    "shares_bp": [1, 9999]}',
    'the shares of plan tried must be more than 0 and 10000 together, on ascending dates',
    'two shares on a date'
),
(
    '{"kind": "dated", "installments": 2, "due_dates": ["2027-01-01", null],
    "shares_bp": [1, 9999]}',
    'the shares of plan tried must be more than 0 and 10000 together, on ascending dates',
    'a share on no date'
),
(
    '{"kind": "dated", "installments": 2}',
    'the shares of plan tried must be more than 0 and 10000 together, on ascending dates',
    'no shares'
),
(
    '{"kind": "full", "installments": 1, "due_dates": ["2027-01-01"], "shares_bp": [10000]}',
    'template_by_kind', 'shares are for templates'
),
('{"kind": "custom", "code": "custom"}', null, 'what staff arrange has no number of parts'),
('{"kind": "custom", "code": "custom", "installments": 2}', 'installments_by_kind', 'in advance'),
('{"kind": "custom"}', 'custom_code', 'nor another name'),
('{"kind": "full", "installments": 1, "code": "custom"}', 'custom_code', 'nor another kind');
select is(pg_temp.refused(t.row_of), t.refused, t.what) from tried as t order by t.number;
select * from finish();
rollback;
