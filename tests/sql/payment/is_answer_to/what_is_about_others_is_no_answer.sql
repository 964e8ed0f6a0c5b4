-- A proxy or a cache may hand out what somebody else was answered: with a right id, of the right
-- kind, and of another family.
begin;
set local search_path = tap, public;
select plan(17);
select tests.section('Another answer', p_capacity => null) as section \gset
create function pg_temp.new_payment(section bigint) returns bigint language plpgsql as $$
begin
    return tests.payment(tests.held(tests.cart(tests.student(tests.family()), section)));
end;
$$;
-- The references under which the gateway knows a payment, and its shopper.
create function pg_temp.reference(payment bigint) returns text language sql as $$
    select p.reference from payment.payments as p where p.id = payment
$$;
create function pg_temp.shopper(payment bigint) returns text language sql as $$
    select s.reference
    from payment.payments as p
    inner join payment.shoppers as s on p.studio_id = s.studio_id and p.shopper_id = s.id
    where p.id = payment
$$;
select pg_temp.new_payment(:section) as payment \gset
select pg_temp.new_payment(:section) as other \gset

-- Lists.
select tests.exchange(
    :payment, 200,
    jsonb_build_object('items', jsonb_build_array(
        jsonb_build_object('id', 'shp1', 'customReference', pg_temp.shopper(:other))
    ))
) as sent \gset
select is(tests.calls(:payment), 'find_shopper queued', 'another shopper is not the one sought');
select tests.exchange(:payment, 200, '{"items": [{"id": "shp1", "customReference": null}]}')
as sent \gset
select is(tests.calls(:payment), 'find_shopper queued', 'nor is one without a reference');
select tests.exchange(:payment, 200, '{"items": []}') as sent \gset

-- What was made.
select tests.exchange(
    :payment, 201,
    jsonb_build_object('id', 'shp1', 'customReference', pg_temp.shopper(:other))
) as sent \gset
select is(
    tests.calls(:payment), 'find_shopper answered, create_shopper failed, find_shopper queued',
    'another shopper is not the one that was made: it is looked for'
);
select tests.exchange(
    :payment, 200,
    jsonb_build_object('items', jsonb_build_array(
        jsonb_build_object('id', 'shp2', 'customReference', pg_temp.shopper(:payment))
    ))
) as sent \gset
select ok(tests.calls(:payment) like '%, create_order queued', 'until it is found');
select tests.exchange(
    :payment, 201,
    jsonb_build_object('id', 'ord1', 'orderReference', pg_temp.reference(:other))
) as sent \gset
select is(
    (select p.order_ref from payment.payments as p where p.id = :payment), null,
    'another order, of another amount, is not paid in place of ours'
);
select tests.exchange(
    :payment, 201,
    jsonb_build_object('id', 'ord2', 'orderReference', pg_temp.reference(:payment))
) as sent \gset
select tests.exchange(
    :payment, 201,
    jsonb_build_object(
        'id', 'pss1', 'url', 'https://pay.example/1', 'order', 'https://gw.example/orders/ord1',
        'customReference', pg_temp.reference(:payment)
    )
) as sent \gset
select is(
    (select p.session_ref from payment.payments as p where p.id = :payment), null,
    'nobody is sent to a page for another order'
);
select tests.exchange(
    :payment, 201,
    jsonb_build_object(
        'id', 'pss2', 'url', 'https://pay.example/2', 'order', 'https://gw.example/orders/ord2',
        'shopper', 'https://gw.example/shoppers/shp2',
        'customReference', pg_temp.reference(:payment)
    )
) as sent \gset
select is(
    (select p.session_ref from payment.payments as p where p.id = :payment), 'pss2',
    'but to the one for ours'
);

-- What is given back.
select tests.apply(:payment, tests.sale(:payment, 'trx1')) as applied \gset
select tests.apply(:payment, tests.sale(:payment, 'trx2')) as applied \gset
select ok(tests.calls(:payment) like '%, void_transaction queued', 'a second sale is given back');
select tests.exchange(:payment, 201, tests.sale(:other, 'trx3')) as sent \gset
select is(
    (select count(*) from payment.transactions as t where t.gateway_id = 'trx3'), 0::bigint,
    'another sale is not the void that was asked for'
);
select ok(
    tests.calls(:payment) like '%, void_transaction failed, find_returns queued',
    'so what was given back of the sale is asked'
);
select tests.exchange(
    :payment, 200,
    jsonb_build_object(
        'items', jsonb_build_array(tests.return_of(:payment, 'void', 'trx4'))
    )
) as sent \gset
select is(
    (select t.state from payment.transactions as t where t.gateway_id = 'trx2'), 'voided',
    'and believed'
);
select is(
    tests.registration_status(tests.registration_of(:payment)), 'confirmed', 'the first one stays'
);

-- Lists that no test above asks for: what is found has to be what was sought.
create function pg_temp.fits(purpose text, path text, item jsonb) returns boolean language sql as $$
    select payment.is_answer_to(
        jsonb_populate_record(
            null::payment.gateway_calls,
            jsonb_build_object('purpose', purpose, 'method', 'GET', 'path', path)
        ),
        jsonb_build_object('items', jsonb_build_array(item || '{"id": "x1"}'))
    )
$$;
select ok(
    pg_temp.fits(
        'find_stored_card', '/shoppers/shp1/stored-cards?limit=200',
        '{"shopper": "https://gw.example/shoppers/shp1"}'
    ), 'a card of this shopper'
);
select ok(
    not pg_temp.fits(
        'find_stored_card', '/shoppers/shp1/stored-cards?limit=200',
        '{"shopper": "https://gw.example/shoppers/shp2"}'
    ), 'and not of another'
);
select ok(
    not pg_temp.fits(
        'find_charge', '/transactions?filter=type_eq_sale&filter=customReference_eq_a-1',
        '{"type": "sale", "customReference": "a-2"}'
    ), 'a charge is found by our reference'
);
select ok(
    not pg_temp.fits(
        'find_returns', '/transactions?filter=parentTransaction_eq_trx1&limit=200',
        '{"type": "refund", "parentTransaction": "https://gw.example/transactions/trx2"}'
    ), 'what was given back by the sale'
);
select ok(
    pg_temp.fits(
        'list_notifications',
        '/notifications?limit=200&filter=createdAt_ge_2026-01-05T10:00:00.000Z',
        '{"createdAt": "2026-01-06T10:00:00.000Z"}'
    ), 'a range is not a name'
);
select * from finish();
rollback;
