begin;
set local search_path = tap, public;
\ir ../lint/catalog.psql
\ir grid.psql
select plan(4);

-- Who calls from outside. From staff on, each role may do what the one before may; owners and
-- the platform may do what managers may.
create view tests.callers (role, col) as
values
('anon', 'anon'), ('customer', 'cust'), ('instructor', 'inst'),
('staff', 'staf'), ('manager', 'mana'), ('owner', 'mana'), ('platform_admin', 'mana'),
('thin_api', 'thin'), ('scheduler', 'sche'), ('deploy', 'depl');

-- x: may execute; -/x: owners, and the platform. A function that nobody outside may execute is not in
-- the table.
create view tests.expected_callers as
select
    g.name as function,
    c.role,
    case
        when g.cell not like '%/%' then g.cell
        else split_part(g.cell, '/', case c.role when 'manager' then 1 else 2 end)
    end as cell
from tests.read_grid(
    $$
function                        anon cust inst staf mana thin sche depl
api.abandon_checkout            -    x    -    x    x    -    -    -
api.accept_offer                -    x    -    x    x    -    -    -
api.add_closure                 -    -    -    -    x    -    -    -
api.add_meeting                 -    -    -    x    x    -    -    -
api.add_student                 -    x    -    x    x    -    -    -
api.adjust_price                -    -    -    x    x    -    -    -
api.assign_place                -    -    -    x    x    -    -    -
api.cancel_enrollment           -    -    -    x    x    -    -    -
api.cancel_meeting              -    -    -    x    x    -    -    -
api.cancel_section              -    -    -    x    x    -    -    -
api.charge_installment          -    -    -    x    x    -    -    -
api.check_cart                  -    x    -    x    x    -    -    -
api.check_payment               -    x    -    x    x    -    -    -
api.checkout                    -    x    -    x    x    -    -    -
api.close_month                 -    -    -    -    -/x  -    -    -
api.decide_approval             -    -    -    x    x    -    -    -
api.decline_offer               -    x    -    x    x    -    -    -
api.drop_weekdays               -    -    -    x    x    -    -    -
api.dry_run_requirements        -    -    -    -    x    -    -    -
api.explain_quote               -    x    -    x    x    -    -    -
api.grant_credit                -    -    -    x    x    -    -    -
api.grant_waiver                -    -    -    x    x    -    -    -
api.import_rates_csv            -    -    -    -    x    -    -    -
api.join_waitlist               -    x    -    x    x    -    -    -
api.leave_waitlist              -    x    -    x    x    -    -    -
api.mark_installment_paid       -    -    -    x    x    -    -    -
api.move_meeting                -    -    -    x    x    -    -    -
api.note_incident               -    -    -    x    x    -    -    -
api.open_cart                   -    x    -    x    x    -    -    -
api.place_student               -    -    -    x    x    -    -    -
api.preview_price               x    x    x    x    x    -    -    -
api.price_what_if               -    -    -    -    x    -    -    -
api.put_cart_item               -    x    -    x    x    -    -    -
api.quote                       -    x    -    x    x    -    -    -
api.rates_csv                   -    -    -    x    x    -    -    -
api.record_approval             -    -    -    x    x    -    -    -
api.record_payment              -    -    -    x    x    -    -    -
api.refund_payment              -    -    -    x    x    -    -    -
api.release_reservation         -    -    -    x    x    -    -    -
api.remove_cart_item            -    x    -    x    x    -    -    -
api.remove_closure              -    -    -    -    x    -    -    -
api.remove_stored_method        -    x    -    x    x    -    -    -
api.reopen_place                -    -    -    x    x    -    -    -
api.request_approval            -    x    -    x    x    -    -    -
api.reschedule_installment      -    -    -    x    x    -    -    -
api.reserve_place               -    -    -    x    x    -    -    -
api.resume_mail                 -    -    -    x    x    -    -    -
api.return_check                -    -    -    x    x    -    -    -
api.review_finding              -    -    -    x    x    -    -    -
api.review_payment              -    -    -    x    x    -    -    -
api.save_add_ons                -    -    -    -    x    -    -    -
api.save_class_prices           -    -    -    -    x    -    -    -
api.save_coupons                -    -    -    -    x    -    -    -
api.save_date_prices            -    -    -    -    x    -    -    -
api.save_discounts              -    -    -    -    x    -    -    -
api.save_family_discount        -    -    -    -    x    -    -    -
api.save_fees                   -    -    -    -    x    -    -    -
api.save_plans                  -    -    -    -    x    -    -    -
api.save_program_prices         -    -    -    -    x    -    -    -
api.save_rates                  -    -    -    -    x    -    -    -
api.save_requirements           -    -    -    -    x    -    -    -
api.save_section_sale           -    -    -    -    x    -    -    -
api.save_tiers                  -    -    -    -    x    -    -    -
api.section_prices              x    x    x    x    x    -    -    -
api.set_add_on                  -    x    -    x    x    -    -    -
api.set_capacity                -    -    -    x    x    -    -    -
api.set_date_capacity           -    -    -    x    x    -    -    -
api.set_line_price              -    -    -    x    x    -    -    -
api.set_payment_schedule        -    -    -    -    x    -    -    -
api.set_price_override          -    -    -    x    x    -    -    -
api.set_sms_opt_in              -    x    -    -    -    -    -    -
api.sign_in                     x    x    x    x    x    -    -    -
api.sign_out_everywhere         -    x    x    x    x    -    -    -
api.sign_up                     x    x    x    x    x    -    -    -
api.start_payment               -    x    -    x    x    -    -    -
api.submit_payment_review       -    x    -    x    x    -    -    -
api.transfer_enrollment         -    -    -    x    x    -    -    -
api.update_student              -    x    -    x    x    -    -    -
api.use_credit                  -    x    -    x    x    -    -    -
api.waive_installment           -    -    -    -    x    -    -    -
api.withdraw_adjustment         -    -    -    x    x    -    -    -
api.withdraw_approval           -    x    -    x    x    -    -    -
api.withdraw_waiver             -    -    -    x    x    -    -    -
auth.account_id                 x    x    x    x    x    -    -    -
auth.begin_request              x    x    x    x    x    -    -    -
auth.enter_studio               -    -    -    -    -    -    x    x
auth.family_id                  x    x    x    x    x    x    x    -
auth.studio_id                  x    x    x    x    x    x    x    -
catalog.generate_meetings       -    -    -    -    -    -    -    x
enrollment.cancelled_dates      -    x    -    x    x    -    -    -
enrollment.end_due_enrollments  -    -    -    -    -    -    x    -
enrollment.expire_holds         -    -    -    -    -    -    x    -
enrollment.lapse_registration   -    -    -    -    -    -    -    x
enrollment.pass_on_places       -    -    -    -    -    -    x    -
enrollment.place_in_queue       -    x    -    x    x    -    -    -
enrollment.seats_left           x    x    x    x    x    -    -    -
enrollment.section_counts       -    -    -    x    x    -    -    -
identity.install_signing_key    -    -    -    -    -    -    -    x
messaging.claim_messages        -    -    -    -    -    x    -    -
messaging.receive_mail_event    -    -    -    -    -    x    -    -
messaging.receive_text          -    -    -    -    -    x    -    -
messaging.receive_text_status   -    -    -    -    -    x    -    -
messaging.store_outcome         -    -    -    -    -    x    -    -
ops.error_register              x    x    x    x    x    x    x    -
ops.error_response              x    x    x    x    x    x    x    -
ops.fail                        x    x    x    x    x    x    x    -
ops.finish_job_run              -    -    -    -    -    -    x    -
ops.place_events                -    -    -    x    x    -    -    -
ops.run_job                     -    -    -    -    -    -    x    -
ops.start_job_run               -    -    -    -    -    -    x    -
payment.alert_incidents         -    -    -    -    -    -    x    -
payment.ask_batches             -    -    -    -    -    -    x    -
payment.ask_ended_sessions      -    -    -    -    -    -    x    -
payment.ask_quiet_payments      -    -    -    -    -    -    x    -
payment.charge_due_installments -    -    -    -    -    -    x    -
payment.claim_calls             -    -    -    -    -    x    -    -
payment.fetch_unsettled_notices -    -    -    -    -    -    x    -
payment.incidents               -    -    -    x    x    -    -    -
payment.list_notices            -    -    -    -    -    -    x    -
payment.notice_answer           -    -    -    -    -    x    -    -
payment.post_missing            -    -    -    -    -    -    x    -
payment.receive_notice          -    -    -    -    -    x    -    -
payment.retry_refunds           -    -    -    -    -    -    x    -
payment.session_of              -    -    -    -    -    x    -    -
payment.store_answer            -    -    -    -    -    x    -    -
payment.store_failure           -    -    -    -    -    x    -    -
payment.summarize_charges       -    -    -    -    -    -    x    -
payment.trial_balance           -    -    -    -    x    -    -    -
payment.unmatched               -    -    -    x    x    -    -    -
studio.active_studio_ids        -    -    -    -    -    -    x    -
    $$
) as g
inner join tests.callers as c on g.col = c.col;

create view tests.actual_callers as
select f.entity as function, c.role, c.col, 'x' as cell
from tests.own_functions as f
cross join tests.callers as c
where
    case c.role
        -- A member of every domain could execute everything; what counts is what it was given.
        when 'deploy'
            then exists (
                select from aclexplode(f.acl) as a where a.grantee = to_regrole(c.role)
            )
        else has_function_privilege(c.role, f.oid, 'execute')
    end;

create view tests.drawn_callers as
select a.function as name, c.col, coalesce(x.cell, '-') as cell
from (select distinct d.function from tests.actual_callers as d) as a
cross join tests.callers as c
left join tests.actual_callers as x on a.function = x.function and c.role = x.role;

select diag(g.line)
from tests.draw_grid(
    'table tests.drawn_callers',
    'function', 'anon', 'cust', 'inst', 'staf', 'mana', 'thin', 'sche', 'depl'
) as g (line);

create view tests.unexpected_callers as
select
    coalesce(a.function, e.function) as function,
    coalesce(a.role, e.role) as role,
    coalesce(a.cell, '-') as actual,
    coalesce(e.cell, '-') as expected
from tests.actual_callers as a
full join tests.expected_callers as e on a.function = e.function and a.role = e.role
where coalesce(a.cell, '-') <> coalesce(e.cell, '-');

select is_empty(
    'table tests.unexpected_callers', 'every role may execute the functions of the table above'
);
select is_empty(
    $$
        select f.signature
        from tests.own_functions as f
        where
            f.schema = 'api'
            and f.entity not in (select e.function from tests.expected_callers as e)
    $$,
    'every function of the API is in it'
);
select is_empty(
    $$
        select f.entity
        from tests.own_functions as f
        group by f.entity
        having count(*) > 1 and bool_or(not f.is_trigger)
    $$,
    'no function has a second signature, which callers could not tell apart'
);

grant execute on function payment.store_answer to customer;
revoke execute on function api.quote from staff;
create function api.planted() returns void language sql as '';
revoke execute on function api.planted() from public;
grant execute on function api.planted() to anon;
select set_eq(
    'table tests.unexpected_callers',
    $$
        values
        ('payment.store_answer', 'customer', 'x', '-'),
        ('api.quote', 'staff', '-', 'x'),
        ('api.quote', 'manager', '-', 'x'),
        ('api.quote', 'owner', '-', 'x'),
        ('api.quote', 'platform_admin', '-', 'x'),
        ('api.planted', 'anon', 'x', '-')
    $$,
    'the comparison sees a right too many, one too few, and a new function'
);

select * from finish();
rollback;
