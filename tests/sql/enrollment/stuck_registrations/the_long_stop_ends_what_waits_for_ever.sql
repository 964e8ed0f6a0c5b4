begin;
set local search_path = tap, public;
select plan(7);
select tests.section('Stuck', '{1}', p_capacity => 1) as section \gset
select tests.held(tests.cart(tests.student(tests.family()), :section)) as registration \gset
-- A payment that is open and never asked about.
select tests.payment(:registration) as payment \gset
select tests.lapse(:registration);
create function pg_temp.made(p_registration_id bigint, p_before interval) returns void
language sql as $$
    select tests.run(
        format(
            'update enrollment.registrations set created_at = now() - %L::interval where id = %s',
            p_before, p_registration_id
        )
    )
$$;
select pg_temp.made(:registration, '23 hours 59 minutes');
select is(tests.value('enrollment.expire_holds()'), '0', 'an open payment keeps a hold');
select pg_temp.made(:registration, '24 hours');
select is(tests.value('enrollment.expire_holds()'), '1', 'but not for longer than the long stop');
select is(
    (
        select format('%s %s', r.status, r.status_reason)
        from enrollment.registrations as r
        where r.id = :registration
    ),
    'failed stuck', 'it says why'
);
select is(tests.value('enrollment.expire_holds()'), '0', 'and it is done once');

-- The setting, and what no clock ends.
select tests.held(tests.cart(tests.student(tests.family()), :section)) as registration \gset
select tests.payment(:registration) as payment \gset
select tests.lapse(:registration);
select tests.run('update studio.settings set stuck_hours = 2 where term_id is null');
select pg_temp.made(:registration, '2 hours');
select tests.run(
    format(
        'insert into payment.transactions (
            studio_id, family_id, payment_id, merchant_account_id, gateway_id, type, state,
            state_rank, is_authorized, amount_minor, currency
        )
        select studio_id, family_id, id, merchant_account_id, ''stuck'', ''sale'', ''captured'',
        40, true, amount_minor, currency
        from payment.payments where id = %1$s;
        update payment.payments set status = ''authorized'', accepted_sale_id = (
            select t.id from payment.transactions as t where t.gateway_id = ''stuck''
        ) where id = %1$s', :payment
    )
);
select is(tests.value('enrollment.expire_holds()'), '0', 'never while money is there');
select tests.run(
    format(
        'alter table payment.payments disable trigger _100_check_status;
        update payment.payments set status = ''open'', accepted_sale_id = null where id = %s',
        :payment
    )
);
select is(tests.value('enrollment.expire_holds()'), '1', 'the hours are a setting');
select tests.held(tests.cart(tests.student(tests.family()), :section)) as registration \gset
select pg_temp.made(:registration, '2 hours');
select is(tests.value('enrollment.expire_holds()'), '0', 'a hold that lasts is not stuck');
select * from finish();
rollback;
