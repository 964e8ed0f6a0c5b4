begin;
set local search_path = tap, public;
select plan(12);
select
    tests.section('Before', p_capacity => null) as section,
    tests.section('Other', '{2}', p_capacity => null) as other,
    tests.worker('manager') as manager \gset

-- Past the triggers that keep it from being forgotten.
create function pg_temp.forget() returns void
language plpgsql as $$
begin
    perform tests.act_as_deploy();
    set constraints all immediate;
    set constraints all deferred;
    perform tests.act_as_operator();
    perform set_config('session_replication_role', 'replica', true);
    delete from payment.ledger_entries;
    delete from payment.ledger_postings;
    perform set_config('session_replication_role', 'origin', true);
end;
$$;
-- A database of before the ledger: everything happened, and nothing was posted.
select pg_temp.forget();
delete from payment.ledger_marks;
create function pg_temp.histories() returns void
language plpgsql as $$
declare
    v_section_id constant bigint := current_setting('tests.section')::bigint;
    v_other_id constant bigint := current_setting('tests.other')::bigint;
    v_manager_id constant bigint := current_setting('tests.manager')::bigint;
    v_family_id bigint;
    v_student_id bigint;
    v_cart_id bigint;
    v_payment_id bigint;
    v_registration_id bigint;
begin
    -- Paid, with a credit, settled; changed for a credit and without one.
    v_family_id := tests.family();
    v_student_id := tests.student(v_family_id);
    perform tests.as_staff(v_manager_id, format('api.grant_credit(%s, 5000, ''a'')', v_family_id));
    v_cart_id := tests.cart(v_student_id, v_section_id, v_other_id);
    perform tests.use_credit(v_cart_id);
    v_registration_id := tests.confirmed(v_cart_id);
    select p.id into v_payment_id from payment.payments as p
    where p.registration_id = v_registration_id;
    perform tests.apply(
        v_payment_id, tests.sale(v_payment_id, 'trx-of-' || v_payment_id, '{"state": "settled"}')
    );
    perform tests.as_staff(
        v_manager_id,
        format('api.cancel_enrollment(%s, ''b'', as_credit => %L)', e.id, e.section_id = v_other_id)
    )
    from enrollment.enrollments as e where e.registration_id = v_registration_id;
    -- A second card, which is voided; one that is voided and has paid; and a refund of a part.
    v_payment_id := tests.open_payment(v_section_id);
    perform tests.apply(v_payment_id, tests.sale(v_payment_id, 'first' || v_payment_id));
    perform tests.apply(v_payment_id, tests.sale(v_payment_id, 'second' || v_payment_id));
    perform tests.apply(
        v_payment_id,
        tests.sale(
            v_payment_id, 'void' || v_payment_id,
            jsonb_build_object(
                'type', 'void', 'state', 'authorized',
                'parentTransaction', 'second' || v_payment_id
            )
        )
    );
    perform tests.apply(
        v_payment_id,
        tests.sale(
            v_payment_id, 'back' || v_payment_id,
            jsonb_build_object(
                'type', 'refund', 'parentTransaction', 'first' || v_payment_id,
                'total', '{"amount": "1.00", "currencyCode": "USD"}'::jsonb
            )
        )
    );
    v_payment_id := tests.open_payment(v_section_id);
    perform tests.apply(v_payment_id, tests.sale(v_payment_id, 'gone' || v_payment_id));
    perform tests.apply(
        v_payment_id, tests.sale(v_payment_id, 'gone' || v_payment_id, '{"state": "voided"}')
    );
end;
$$;
select
    set_config('tests.section', :'section', true),
    set_config('tests.other', :'other', true),
    set_config('tests.manager', :'manager', true) \g /dev/null
alter table payment.transactions disable trigger _500_post_transaction;
alter table ops.domain_events disable trigger _300_on_registration_confirmed;
alter table ops.domain_events disable trigger _300_on_enrollment_changed;
alter table ops.domain_events disable trigger _500_on_credit_granted;
select pg_temp.histories();
create function pg_temp.posted() returns text
language sql as $$
    select string_agg(p.source || ' ' || p.postings, ', ' order by p.source)
    from (
        select p.source, count(*) as postings from payment.ledger_postings as p group by p.source
    ) as p
$$;
create function pg_temp.balances() returns jsonb
language sql as $$
    select jsonb_object_agg(e.account, e.balance_minor)
    from (
        select e.account, sum(e.amount_minor) as balance_minor
        from payment.ledger_entries as e group by e.account
    ) as e
$$;
select is(pg_temp.posted(), null, 'nothing is posted');

select is(
    tests.value('payment.post_missing()'), '12', 'the job posts what happened'
);
select is(
    pg_temp.posted(),
    'application 2, change 2, credit 1, refund 1, registration 3, sale 2, settlement 1',
    'each by its kind; of what was voided before there is nothing'
);
select is(tests.value('payment.post_missing()'), '0', 'once');
select is(
    tests.value('(select count(*) from payment.unposted_facts(''-infinity'', 100))'), '0',
    'and nothing is missing then'
);
select pg_temp.balances() as backfilled \gset

-- As if it had posted itself.
select pg_temp.forget();
set constraints all immediate;
set constraints all deferred;
alter table payment.transactions enable trigger _500_post_transaction;
alter table ops.domain_events enable trigger _300_on_registration_confirmed;
alter table ops.domain_events enable trigger _300_on_enrollment_changed;
alter table ops.domain_events enable trigger _500_on_credit_granted;
select pg_temp.histories();
select is(pg_temp.balances(), :'backfilled'::jsonb, 'the balances are those it would have had');

-- It looks at what came since it last found nothing left, and a day back.
select is(
    (select m.posted_until from payment.ledger_marks as m), now(), 'it remembers until when it looked'
);
select pg_temp.forget();
update payment.ledger_marks set posted_until = now() + interval '25 hours';
select is(tests.value('payment.post_missing()'), '0', 'what is older than that was looked at');
select is(
    (select m.posted_until from payment.ledger_marks as m), now() + interval '25 hours',
    'and it does not forget again'
);
update payment.ledger_marks set posted_until = now() + interval '23 hours';
-- Both histories.
select is(tests.value('payment.post_missing()'), '24', 'what came within the day is looked at again');
select ok(
    (
        select sum(e.amount_minor) = 0 and count(*) > 50 from payment.ledger_entries as e
    ), 'balanced'
);
select is(
    tests.value('(select count(*) from payment.unposted_facts(''-infinity'', 1))'), '0',
    'whole'
);
select * from finish();
rollback;
