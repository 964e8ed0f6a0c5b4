begin;
set local search_path = tap, public;
select plan(14);
select tests.section('Kinds', p_capacity => null) as section \gset
select tests.worker() as staff \gset
-- What the work list says of a registration.
create function pg_temp.list(staff bigint, registration bigint) returns text
language sql as $$
    select tests.as_staff(
        staff,
        format(
            '(select string_agg(
                concat_ws('' '', i.kind, i.category, i.lane, i.severity, i.retryable, i.tries), '', ''
                order by i.kind
            ) from api.incidents as i where i.registration_id = %s)',
            registration
        )
    ) #>> '{}'
$$;

-- A part that could not be charged.
select tests.family() as family \gset
select tests.planned(tests.cart(tests.student(:family), :section)) as registration \gset
select is(pg_temp.list(:staff, :registration), null, 'a plan that runs needs nobody');
select tests.part(:registration, 2) as part \gset
select tests.run(
    format(
        'update payment.installments set status = ''processing'' where id = %1$s;
        update payment.installments set status = ''failed'', attempts = 3,
        last_error = ''insufficientFunds'' where id = %1$s',
        :part
    )
);
select is(
    pg_temp.list(:staff, :registration),
    'installment_failed insufficient_funds office warning t 3', 'a part that failed is for the office'
);
select tests.run(
    format(
        'update payment.installments set status = ''scheduled'', last_error = ''card_needed''
        where id = %s',
        :part
    )
);
select is(
    pg_temp.list(:staff, :registration),
    'installment_without_card card_missing office warning f 3', 'and so is one without a card'
);
select tests.run(
    format('update payment.installments set last_error = null where id = %s', :part)
);
select is(pg_temp.list(:staff, :registration), null, 'with one it heals');

-- The money that paid is gone again.
select p.id as payment from payment.payments as p
where p.registration_id = :registration \gset
select t.gateway_id as sale from payment.transactions as t where t.payment_id = :payment \gset
select tests.apply(
    :payment, tests.sale(:payment, :'sale', '{"state": "rejected", "isAuthorized": true}')
) \g /dev/null
select is(
    pg_temp.list(:staff, :registration), 'money_lost unknown office critical f 1',
    'a sale that the processor took back is critical'
);

-- The gateway does not say what became of a page.
select tests.open_payment(:section) as payment \gset
select tests.registration_of(:payment) as registration \gset
select tests.run(
    format(
        'update payment.payments set final_answer_due_at = now() - interval ''59 minutes''
        where id = %s', :payment
    )
);
select is(pg_temp.list(:staff, :registration), null, 'for an hour nobody need look');
select tests.run(
    format(
        'update payment.payments set final_answer_due_at = now() - interval ''61 minutes''
        where id = %s', :payment
    )
);
select is(
    pg_temp.list(:staff, :registration),
    'payment_stuck gateway_unavailable developer warning t 1', 'then somebody should'
);
select tests.run(format('update payment.payments set status = ''expired'' where id = %s', :payment));
select is(pg_temp.list(:staff, :registration), null, 'until it has its end');

-- No page can be made.
select tests.payment(
    tests.held(tests.cart(tests.student(tests.family()), :section))
) as payment \gset
select tests.registration_of(:payment) as registration \gset
select tests.exchange(
    :payment, 400,
    '{"status": 400, "failures": [
        {"code": "badRequest", "field": null}, {"code": "fieldValidationFailure", "field": "x"}
    ]}'
) as sent \gset
select is(tests.payment_status(:payment), 'failed', 'a request was refused');
select is(
    pg_temp.list(:staff, :registration),
    'gateway_refuses request_refused developer critical f 1',
    'which is not the family''s to mend'
);
select tests.payment(
    tests.held(tests.cart(tests.student(tests.family()), :section))
) as other \gset
select tests.exchange(:other, 200, '{"items": []}') as sent \gset
select is(pg_temp.list(:staff, :registration), null, 'when the next is taken, it heals');

-- A card that was declined at a page is nobody's.
select tests.open_payment(:section) as payment \gset
select tests.apply(
    :payment,
    tests.sale(
        :payment, 'no',
        '{"state": "declined", "isAuthorized": false, "failures": [{"code": "declinedByIssuer"}]}'
    )
) \g /dev/null
select is(
    pg_temp.list(:staff, tests.registration_of(:payment)), null,
    'a decline that the family sees is not listed'
);

-- With a family in scope, its own.
select isnt_empty(
    format(
        'select tests.as_staff(%s, ''(select count(*) from api.incidents)'') as n
        where tests.as_staff(%1$s, ''(select count(*) from api.incidents)'') <> ''0''', :staff
    ),
    'the studio has some'
);
select is(
    tests.as_staff(:staff, '(select count(*) from api.incidents)', tests.family()), '0',
    'a family that has none has none'
);
select * from finish();
rollback;
