begin;
set local search_path = tap, public;
select plan(23);
select tests.section('Mon', '{1}', p_capacity => null) as one \gset
select tests.worker('manager') as manager \gset
create function pg_temp.cart() returns bigint language sql as $$
    select tests.cart(
        tests.student(tests.family()),
        (select s.id from catalog.sections as s
        inner join catalog.classes as k on s.class_id = k.id where k.title = 'Mon')
    )
$$;
create function pg_temp.flow(payment bigint) returns text language sql as $$
    select concat_ws(
        ' ', p.flow, p.amount_minor, p.do_capture, p.credential_type, p.installment_id
    )
    from payment.payments as p where p.id = payment
$$;
select is(
    pg_temp.flow(tests.payment(tests.held_by(pg_temp.cart(), p.code))), p.flow, p.code
)
from (
    values
    ('full', 'sale_first 91643 t'),
    ('deposit', 'sale_first 45822 t'),
    ('monthly', 'tokenise_first 18829 t recurring')
) as p (code, flow);
-- A plan may only authorize.
select tests.supersede('payment_plans', 'true', '{"do_capture": false}');
select is(
    pg_temp.flow(tests.payment(tests.held_by(pg_temp.cart(), p.code))), p.flow, p.code || ', later'
)
from (
    values ('full', 'sale_first 91643 f'), ('monthly', 'tokenise_first 18829 f recurring')
) as p (code, flow);
select tests.held_by(pg_temp.cart()) as registration \gset
select tests.payment(:registration) as payment \gset
update payment.payments set order_ref = 'ord1' where id = :payment;
update payment.shoppers as s set gateway_id = 'shp1'
from payment.payments as p where p.id = :payment and p.shopper_id = s.id;
select tests.forget_calls(:payment);
select tests.run(format('select payment.advance_session(%s)', :payment));
select is(
    (
        select
            (c.body -> 'doCreateTransaction', c.body -> 'useStoredPaymentMethod',
            c.body -> 'doCapture')::text
        from payment.gateway_calls as c where c.payment_id = :payment
    ), '(false,false,false)', 'the page collects a card and does nothing with it'
);

-- What the payer believes.
create function pg_temp.start(registration bigint, more text) returns text language sql as $$
    select coalesce(
        tests.family_error_code(
            r.family_id, format(
                'api.start_payment(%s, ''https://a.b'', ''https://a.b''%s)', r.id, more
            )
        ), 'begun'
    )
    from enrollment.registrations as r where r.id = registration
$$;
select is(pg_temp.start(:registration, ', 18829'), 'begun', 'the amount that is due');
select is(pg_temp.start(:registration, ', 18828'), 'begun', 'or a cent less');
select is(pg_temp.start(:registration, ', 18831'), 'amount_changed', 'but not two cents more');
select is(
    pg_temp.start(:registration, ', -9223372036854775808'), 'amount_changed', 'nor anything else'
);
select is(
    pg_temp.start(:registration, ', installment_id => 1'), 'installment_not_found',
    'there are no parts before it is confirmed'
);

-- Parts that staff have arranged.
select pg_temp.cart() as cart \gset
create function pg_temp.arrange(cart bigint, more text) returns jsonb language sql as $$
    select tests.as_manager(
        (select min(m.account_id) from studio.memberships as m where m.role = 'manager'),
        format(
            'api.set_payment_schedule(%s, %L, ''job lost''%s)', cart,
            jsonb_build_array(
                jsonb_build_object(
                    'due_on', tests.value('studio.local_date(now())'), 'amount_minor', 41643
                ),
                jsonb_build_object('due_on', '2031-01-15', 'amount_minor', 50000)
            ), more
        )
    )
$$;
select is(pg_temp.arrange(:cart, ', true') -> 'auto_pay', 'true', 'with a card that is charged');
-- now() stands still: as if it had been arranged a moment ago.
set local session_replication_role = replica;
update pricing.custom_schedules set valid_from = now() - interval '1 s';
set local session_replication_role = origin;
select tests.held_by(:cart, 'custom') as registration \gset
select tests.payment(:registration) as payment \gset
select is(
    pg_temp.flow(:payment), 'tokenise_first 41643 t recurring', 'the first part, by a stored card'
);
select tests.forget_calls(:payment), tests.stored_card(:payment) \g /dev/null
select tests.apply(:payment, tests.sale(:payment, 'arranged'));
select is(tests.parts(:registration), 'paid 41643, scheduled 50000', 'as it was arranged');
select is(
    (select (p.auto_pay, p.stored_method_id is not null)::text from payment.payment_plans as p
    where p.registration_id = :registration), '(t,t)', 'and is charged by itself'
);
select lives_ok('select tests.settle()', 'it adds up');
select pg_temp.cart() as cart \gset
select pg_temp.arrange(:cart, '') \g /dev/null
select is(
    pg_temp.flow(tests.payment(tests.held_by(:cart, 'custom'))), 'sale_first 41643 t',
    'else they are paid by hand'
);

-- A part of a plan, by a new card, which is the plan's from then on.
select tests.part(:registration, 2) as part \gset
select tests.family_error_code(r.family_id, 'null') as none,
    (tests.as_family(r.family_id, format(
        'api.start_payment(%s, ''https://a.b'', ''https://a.b'', 50000, %s)', r.id, :part
    )) ->> 'payment_id')::bigint as payment
from enrollment.registrations as r where r.id = :registration \gset
select is(
    pg_temp.flow(:payment), 'tokenise_first 50000 t recurring ' || :part, 'all of it, by a card'
);
select is(
    pg_temp.start(:registration, format(', installment_id => %s', tests.part(:registration, 1))),
    'installment_closed', 'not one that is paid'
);
select is(pg_temp.start(:registration, ''), 'registration_confirmed', 'nor the whole once more');
select is(
    pg_temp.start(:registration, format(', installment_id => %s', :part)), 'begun',
    'a repeat goes on with it'
);
select tests.forget_calls(:payment), tests.stored_card(:payment) as card \gset
select tests.apply(:payment, tests.sale(:payment, 'new card'));
select is(
    (
        select (tests.parts(:registration), p.stored_method_id = :card, p.status)::text
        from payment.payment_plans as p where p.registration_id = :registration
    ), '("paid 41643, paid 50000",t,completed)', 'it is paid, the card is the plan''s, which ends'
);
select lives_ok('select tests.settle()', 'it adds up');

select * from finish();
rollback;
