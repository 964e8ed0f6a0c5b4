-- Each kind of rule, as a hard block, as a warning and off: what a checkout answers.
begin;
set local search_path = tap, public;
select plan(40);
select tests.section('Asks', '{1}') as section \gset
select tests.student(tests.family()) as student \gset
-- Somebody who owes: paid, and the money then taken back.
select tests.section('Paid', '{2}') as paid \gset
select tests.confirmed(tests.cart(:student, :paid)) as registration \gset
select is(
    tests.value(format('payment.balance_due_minor(%s)', r.family_id)), '0', 'paid is not owed'
)
from enrollment.registrations as r where r.id = :registration;
select tests.apply(
    p.id, tests.sale(p.id, 'void-of-' || p.id, jsonb_build_object(
        'type', 'void', 'state', 'captured', 'parentTransaction', 'trx-of-' || p.id
    ))
)
from payment.payments as p where p.registration_id = :registration;
update payment.transactions as t
set type = 'void', parent_gateway_id = 'trx-of-' || t.payment_id
where t.gateway_id like 'void-of-%';
select is(
    tests.value(format('payment.balance_due_minor(%s)', r.family_id)),
    to_jsonb(r.total_minor), 'a voided sale is owed again'
)
from enrollment.registrations as r where r.id = :registration;
select tests.cart(:student, :section) as cart \gset

create function pg_temp.outcome(p_section bigint, p_cart bigint, p_rule jsonb, p_acknowledged text[])
returns text
language plpgsql
as $$
declare
    v_said text;
begin
    perform tests.require(p_section, p_rule);
    v_said := tests.checkout_with(p_cart, p_acknowledged);
    v_said := v_said || coalesce(
        (
            select ' ' || string_agg(concat_ws(' ', f.enforcement, f.code), ' ')
            from enrollment.findings as f
            inner join enrollment.registrations as r on f.registration_id = r.id
            where r.cart_id = p_cart
        ), ''
    );
    raise exception using message = 'said ' || v_said;
exception
    when raise_exception then return substring(sqlerrm from '^said (.*)$');
end;
$$;
create temporary table kinds (rule jsonb, code text);
insert into kinds values
('{"kind": "prerequisite", "options": [{}]}', 'prerequisite_missing'),
('{"kind": "corequisite", "options": [{"discipline": "tap"}]}', 'corequisite_missing'),
('{"kind": "teacher_approval"}', 'approval_required'),
('{"kind": "audition"}', 'audition_required'),
('{"kind": "age_or_grade", "lowest_grade": 1}', 'age_not_met'),
('{"kind": "gender", "gender": "male"}', 'gender_not_met'),
('{"kind": "division"}', 'division_not_met'),
('{"kind": "balance_owed"}', 'balance_owed');
select is(
    pg_temp.outcome(:section, :cart, k.rule, array[k.code]), k.code,
    k.code || ': a hard block refuses, whatever is acknowledged'
)
from kinds as k;
select is(
    pg_temp.outcome(:section, :cart, k.rule || '{"enforcement": "soft_warn"}', '{}'),
    'warning_not_acknowledged', k.code || ': a warning has to be acknowledged'
)
from kinds as k;
select is(
    pg_temp.outcome(
        :section, :cart, k.rule || '{"enforcement": "soft_warn"}', array['other', k.code]
    ), 'held soft_warn ' || k.code, k.code || ': and is then kept'
)
from kinds as k;
select is(
    pg_temp.outcome(
        :section, :cart,
        jsonb_build_object('kind', k.rule -> 'kind', 'enforcement', 'off'), '{}'
    ),
    'held', k.code || ': off asks nothing'
)
from kinds as k;
-- A parent's presence is acknowledged, by hard block and warning alike.
select is(
    pg_temp.outcome(
        :section, :cart, jsonb_build_object('kind', 'parent_present', 'enforcement', r.enforcement),
        r.acknowledged
    ), r.said, r.enforcement || ' ' || r.acknowledged::text
)
from (
    values
    ('hard_block', array[]::text [], 'parent_present_required'),
    ('soft_warn', '{}', 'warning_not_acknowledged'),
    ('hard_block', array['parent_present_required'], 'held hard_block parent_present_required'),
    ('soft_warn', array['parent_present_required'], 'held soft_warn parent_present_required'),
    ('off', '{}', 'held')
) as r (enforcement, acknowledged, said);
select is(
    (select count(*) from enrollment.findings), 0::bigint, 'what was refused has left nothing'
);
select * from finish();
rollback;
