begin;
set local search_path = tap, public;
select plan(41);
select tests.section('Mon', '{1}', p_capacity => null) as one \gset
select tests.worker('manager') as manager, tests.worker('staff') as desk \gset
select tests.family() as family \gset
select tests.planned(tests.cart(tests.student(:family), :one)) as registration \gset
select tests.part(:registration, 2) as second, tests.part(:registration, 3) as third,
    tests.part(:registration, 4) as fourth \gset
create function pg_temp.desk(call text) returns text language sql as $$
    select coalesce(
        tests.error_code(
            format(
                'select tests.as_staff(%s, %L)',
                (select min(m.account_id) from studio.memberships as m where m.role = 'staff'), call
            )
        ), 'done'
    )
$$;
create function pg_temp.manager(call text) returns jsonb language sql as $$
    select tests.as_manager(
        (select min(m.account_id) from studio.memberships as m where m.role = 'manager'), call
    )
$$;

-- Waive.
select is(
    pg_temp.desk(format('api.waive_installment(%s, ''ill'')', :second)), '42501', 'not by the desk'
);
select is(
    pg_temp.manager(format('api.waive_installment(%s, '' hardship '')', :second))
    - '{installment_id,registration_id,due_on}'::text [],
    '{"number": 2, "amount_minor": 0, "paid_minor": 0, "waived_minor": 18829, "status": "waived",
    "attempts": 0, "next_attempt_on": null, "last_error": null}', 'by a manager'
);
select is(
    tests.parts(:registration),
    'paid 18829, waived 0, scheduled 18829, scheduled 18829, scheduled 18827', 'the others stay'
);
select is(
    tests.value(format('payment.balance_minor(%s, %s)', :family, :registration)),
    to_jsonb(18829 + 18829 + 18827), 'so much less is owed'
);
select is(
    (
        select (c.kind, c.reason, c.amount_minor, c.changed_by = :manager)::text
        from payment.installment_changes as c where c.installment_id = :second
    ), '(waived,hardship,18829,t)', 'it is kept who and why'
);
select is(
    (
        select string_agg(e.account || ' ' || e.amount_minor, ', ' order by e.account)
        from payment.ledger_postings as p
        inner join payment.ledger_entries as e on p.studio_id = e.studio_id and p.id = e.posting_id
        where p.source = 'waiver' and p.source_id = :second
    ), 'receivable -18829, waived 18829', 'it is posted'
);
select lives_ok('select tests.settle()', 'it adds up');
select is(
    tests.error_code(format('select pg_temp.manager(%L)', format('api.waive_installment(%s, ''x'')', :second))),
    'installment_closed', 'once'
);
select is(
    tests.error_code(format('select pg_temp.manager(%L)', format('api.waive_installment(%s, %L)', :third, v.reason))),
    'reason_required', 'for a reason'
) from (values (null), (''), (E' \n'), (repeat('x', 501))) as v (reason);

-- Put off.
create function pg_temp.put_off(part bigint, days integer, reason text default 'ill') returns text
language sql as $$
    select pg_temp.desk(
        format(
            'api.reschedule_installment(%s, %L, %L)', part,
            (tests.value('studio.local_date(now())') #>> '{}')::date + days, reason
        )
    )
$$;
update payment.installments
set status = 'overdue', due_on = '2026-01-15', attempts = 1, next_attempt_on = '2026-01-16',
    last_error = 'declinedByIssuer', reported_on = '2026-01-15'
where id = :third;
select is(
    tests.value(format('payment.balance_due_minor(%s)', :family)), '18829',
    'what is overdue is a debt'
);
select is(pg_temp.put_off(:third, -1), 'effective_on_invalid', 'not to a day that is over');
select is(pg_temp.put_off(:third, 731), 'effective_on_invalid', 'nor for years');
select is(pg_temp.put_off(:third, 10, ''), 'reason_required', 'nor without a reason');
select is(
    pg_temp.desk(format('api.reschedule_installment(%s, ''infinity'', ''x'')', :third)),
    'effective_on_invalid', 'nor for ever'
);
select is(pg_temp.put_off(:third, 10), 'done', 'by the desk');
select is(
    (
        select (i.status, i.due_on = (tests.value('studio.local_date(now())') #>> '{}')::date + 10,
            i.attempts, i.next_attempt_on, i.last_error, i.reported_on)::text
        from payment.installments as i where i.id = :third
    ), '(scheduled,t,0,,,)', 'it begins anew'
);
select is(
    (
        select (c.kind, c.due_before, c.amount_minor)::text
        from payment.installment_changes as c where c.installment_id = :third
    ), '(rescheduled,2026-01-15,0)', 'and it is kept'
);
select is(
    tests.value(format('payment.balance_due_minor(%s)', :family)), '0', 'it is no debt any more'
);

-- Charge now.
select is(pg_temp.desk(format('api.charge_installment(%s)', :third)), 'done', 'the card, now');
select is(
    pg_temp.desk(format('api.charge_installment(%s)', v.id)), v.code, v.what
)
from (
    values
    (:third, 'installment_processing', 'once'),
    (:fourth, 'payment_under_way', 'one after the other'),
    (:second, 'installment_closed', 'not what is waived'),
    (-1, 'installment_not_found', 'nor what there is not')
) as v (id, code, what);
select is(pg_temp.put_off(:third, 20), 'installment_processing', 'nor is it put off meanwhile');
select is(
    tests.error_code(format('select pg_temp.manager(%L)', format('api.waive_installment(%s, ''x'')', :fourth))),
    'payment_under_way', 'nor another one waived'
);
select p.id as payment from payment.payments as p
where p.registration_id = :registration and p.status = 'open' \gset
select is(
    (select (p.credential_type, a.cause)::text from payment.payments as p
    inner join payment.charge_attempts as a on p.id = a.payment_id where p.id = :payment),
    '(unscheduled,staff)', 'by hand, which the gateway is told'
);
select tests.exchange(
    :payment, 201, tests.sale(
        :payment, 'no1', '{"state": "declined", "isAuthorized": false,
        "failures": [{"code": "declinedByIssuer"}]}'
    )
) \g /dev/null
select is(
    (select (i.status, i.last_error)::text from payment.installments as i where i.id = :third),
    '(failed,declinedByIssuer)', 'a decline is theirs to follow'
);
select is(tests.announced('installment.failed', :third), 1::bigint, 'and told');
select is(
    tests.value(format('payment.balance_due_minor(%s)', :family)), '18829', 'it is a debt'
);
-- Never to be tried again.
select is(pg_temp.desk(format('api.charge_installment(%s)', :fourth)), 'done', 'another one');
select p.id as payment from payment.payments as p
where p.registration_id = :registration and p.status = 'open' \gset
select tests.exchange(
    :payment, 400, '{"status": 400, "failures": [{"code": "badRequest", "field": null},
    {"code": "fieldValidationFailure", "field": "storedCard"}]}'
) \g /dev/null
select is(
    (
        select (i.status, m.status)::text
        from payment.installments as i, payment.stored_methods as m
        where i.id = :fourth and m.family_id = :family
    ), '(failed,unusable)', 'a card that the gateway does not know'
);
select is(
    pg_temp.desk(format('api.charge_installment(%s)', :third)), 'card_needed', 'is charged no more'
);
select is(
    (
        select count(*) from payment.charge_attempts as a
        where a.installment_id in (:third, :fourth) and a.status = 'declined'
    ), 2::bigint, 'both tries are kept'
);

-- A card is removed when nothing needs it.
select m.id as card from payment.stored_methods as m where m.family_id = :family \gset
select is(
    tests.family_error_code(:family, format('api.remove_stored_method(%s)', :card)),
    'stored_method_in_use', 'not while the plan has it'
);
update payment.payment_plans set stored_method_id = null where registration_id = :registration;
select is(
    tests.as_family(:family, format('api.remove_stored_method(%s)', :card)) ->> 'status', 'removed',
    'when it is not'
);
select is(
    tests.family_error_code(:family, format('api.remove_stored_method(%s)', :card)),
    'stored_method_not_found', 'once'
);
select is(
    tests.as_family(:family, '(select count(*) from api.stored_methods)'), '0', 'it is not shown'
);
select lives_ok('select tests.settle()', 'all adds up');

select * from finish();
rollback;
