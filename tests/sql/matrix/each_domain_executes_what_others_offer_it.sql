begin;
set local search_path = tap, public;
\ir ../lint/catalog.psql
\ir grid.psql
select plan(2);

-- The interface of a domain: which of its functions which other domain executes. What all of them
-- may execute is granted to the group.
create view tests.members (role, col) as
values
('domain', 'all'), ('auth', 'auth'), ('studio', 'stud'), ('identity', 'iden'),
('catalog', 'cata'), ('pricing', 'pric'), ('enrollment', 'enro'), ('confirmer', 'conf'),
('payment', 'paym'), ('messaging', 'mess'), ('ops', 'ops');

create view tests.expected_interfaces as
select g.name as function, m.role
from tests.read_grid(
    $$
function                        all auth stud iden cata pric enro conf paym mess ops
auth.account_id                 x   -    -    -    -    -    -    -    -    -    x
auth.acting_role                x   -    -    -    -    -    -    -    -    -    x
auth.enter_studio               -   -    -    -    -    -    -    -    x    x    -
auth.family_id                  x   -    -    -    -    -    -    -    -    -    x
auth.require                    x   -    -    -    -    -    -    -    -    -    -
auth.require_family             x   -    -    -    -    -    -    -    -    -    -
auth.studio_id                  x   -    -    -    -    -    -    -    -    -    x
catalog.add_meeting             -   -    -    -    -    -    x    -    -    -    -
catalog.cancel_meeting          -   -    -    -    -    -    x    -    -    -    -
catalog.cancel_section          -   -    -    -    -    -    x    -    -    -    -
catalog.is_sold_by_weekday      -   -    -    -    -    -    x    -    -    -    -
catalog.lock_meeting            -   -    -    -    -    -    x    -    -    -    -
catalog.lock_section            -   -    -    -    -    -    x    -    -    -    -
catalog.move_meeting            -   -    -    -    -    -    x    -    -    -    -
catalog.proposed_requirements   -   -    -    -    -    -    x    -    -    -    -
catalog.save_section_tiers      -   -    -    -    -    x    -    -    -    -    -
catalog.section_span            -   -    -    -    -    -    x    -    -    -    -
catalog.set_capacity            -   -    -    -    -    -    x    -    -    -    -
catalog.tier_minutes            -   -    -    -    -    -    x    -    -    -    -
enrollment.cart_findings        -   -    -    -    -    x    -    -    -    -    -
enrollment.checked_pick         -   -    -    -    -    x    -    -    -    -    -
enrollment.is_class_sold        -   -    -    -    -    x    -    -    -    -    -
enrollment.is_sold              -   -    -    -    -    x    -    -    -    -    -
enrollment.keep_for_payment     -   -    -    -    -    -    -    -    x    -    -
enrollment.keep_for_review      -   -    -    -    -    -    -    -    x    -    -
enrollment.lapsed_registrations -   -    -    -    -    x    -    -    x    -    -
enrollment.lock_family          -   -    -    -    -    x    -    -    x    -    -
enrollment.lock_registration    -   -    -    -    -    -    -    -    x    -    -
enrollment.lock_registrations   -   -    -    -    -    -    -    -    x    -    -
enrollment.price_change_minor   -   -    -    -    -    -    -    -    x    -    -
enrollment.record_confirmation  -   -    -    -    -    -    x    -    -    -    -
messaging.suppression           -   -    -    x    -    -    -    -    -    -    -
ops.counted_failure             -   -    -    x    -    x    -    -    -    -    -
ops.emit                        x   -    -    -    -    -    -    -    -    -    -
ops.error_register              x   -    -    -    -    -    -    -    -    -    -
ops.error_response              x   -    -    -    -    -    -    -    -    -    -
ops.fail                        x   -    -    -    -    -    -    -    -    -    -
ops.last_event_at               -   -    -    -    -    -    -    -    x    -    -
ops.require_count               x   -    -    -    -    -    -    -    -    -    -
ops.undo_preview                x   -    -    -    -    -    -    -    -    -    -
payment.balance_due_minor       -   -    -    -    -    -    x    -    -    -    -
payment.balance_minor           -   -    -    -    -    -    x    -    -    -    -
payment.given_again_minor       -   -    -    -    -    -    x    -    -    -    -
payment.paid_minor              -   -    -    -    -    -    x    -    -    -    -
payment.price_reduction_minor   -   -    -    -    -    -    x    -    -    -    -
payment.refundable_minor        -   -    -    -    -    -    x    -    -    -    -
pricing.checked_rows            -   -    -    -    x    -    -    -    -    -    -
pricing.confirm_quote           -   -    -    -    -    -    x    -    -    -    -
pricing.coupon_holders          -   -    -    -    -    -    x    -    -    -    -
pricing.credit_used             -   -    -    -    -    -    -    -    x    -    -
pricing.first_part              -   -    -    -    -    -    -    x    x    -    -
pricing.has_date_prices         -   -    -    -    -    -    x    -    -    -    -
pricing.keep_credit             -   -    -    -    -    -    x    -    -    -    -
pricing.line_kinds              -   -    -    -    -    -    x    -    -    -    -
pricing.line_sums               -   -    -    -    -    -    -    -    x    -    -
pricing.lines_of                -   -    -    -    -    -    -    -    x    -    -
pricing.parts_of                -   -    -    -    -    -    -    -    x    -    -
pricing.price_of_enrolled       -   -    -    -    -    -    x    -    -    -    -
pricing.quote_document          -   -    -    -    -    -    x    -    -    x    -
pricing.refuse_row              -   -    -    -    x    -    -    -    -    -    -
pricing.retake                  -   -    -    -    -    -    x    -    -    -    -
pricing.return_award            -   -    -    -    -    -    x    -    -    -    -
pricing.take_adjustments        -   -    -    -    -    -    x    -    -    -    -
pricing.take_award              -   -    -    -    -    -    x    -    -    -    -
pricing.take_coupon             -   -    -    -    -    -    x    -    -    -    -
pricing.take_credit             -   -    -    -    -    -    x    -    -    -    -
studio.active_studio_ids        -   -    -    -    -    -    -    -    x    x    -
studio.alert_account_ids        -   -    -    -    -    -    -    -    -    x    -
studio.currency                 x   -    -    -    -    -    -    -    -    -    -
studio.currency_exponent        x   -    -    -    -    -    -    -    -    -    -
studio.dates_text               x   -    -    -    -    -    -    -    -    -    -
studio.holds_role               -   x    -    x    -    -    -    -    -    -    -
studio.is_business_day          x   -    -    -    -    -    -    -    -    -    -
studio.local_date               x   -    -    -    -    -    -    -    -    -    -
studio.local_time               x   -    -    -    -    -    -    -    -    -    -
studio.money_text               x   -    -    -    -    -    -    -    -    -    -
studio.next_business_day        x   -    -    -    -    -    -    -    -    -    -
studio.settings_of              x   -    -    -    -    -    -    -    -    -    -
studio.staff_account_ids        -   -    -    -    -    -    -    -    -    x    -
studio.start_of_day             x   -    -    -    -    -    -    -    -    -    -
    $$
) as g
inner join tests.members as m on g.col = m.col
where g.cell = 'x';

create view tests.actual_interfaces as
select f.entity as function, m.role, m.col
from tests.own_functions as f
cross join lateral aclexplode(f.acl) as a
inner join tests.members as m on a.grantee = to_regrole(m.role)
where m.role <> f.owner;

create view tests.drawn_interfaces as
select a.function as name, m.col, case when x.function is null then '-' else 'x' end as cell
from (select distinct d.function from tests.actual_interfaces as d) as a
cross join tests.members as m
left join tests.actual_interfaces as x on a.function = x.function and m.role = x.role;

select diag(g.line)
from tests.draw_grid(
    'table tests.drawn_interfaces',
    'function', 'all', 'auth', 'stud', 'iden', 'cata', 'pric', 'enro', 'conf', 'paym', 'mess',
    'ops'
) as g (line);

select set_eq(
    'select a.function, a.role from tests.actual_interfaces as a',
    'table tests.expected_interfaces',
    'each domain may execute the functions of the table above, and no other of another domain'
);

grant execute on function enrollment.confirm_registration to payment;
select set_has(
    'select a.function, a.role from tests.actual_interfaces as a
    except table tests.expected_interfaces',
    $$values ('enrollment.confirm_registration', 'payment')$$,
    'the comparison sees a function that another domain could suddenly call'
);

select * from finish();
rollback;
