begin;
set local search_path = tap, public;
select plan(9);
select tests.section('Told', p_capacity => null) as section \gset
create function pg_temp.queued(family bigint) returns text language sql as $$
    select string_agg(m.template_code || ' ' || m.channel, ', ' order by m.id)
    from messaging.messages as m where m.family_id = family
$$;
select tests.family() as family \gset
select tests.confirmed(tests.cart(tests.student(:family), :section)) as registration \gset
select is(pg_temp.queued(:family), 'registration_confirmed email', 'by e-mail');
select is(
    tests.value(
        format(
            'messaging.queue_message(%s, ''registration_confirmed'',
            ''registration.confirmed:%s'', %2$s)',
            :family, :registration
        )
    ),
    '0', 'the same once more is not queued'
);
select is(
    tests.value(
        format(
            'messaging.queue_message(%s, ''registration_confirmed'', ''another'', %s)', :family,
            :registration
        )
    ), '1', 'another message is'
);
select tests.family() as family \gset
select tests.run(
    format('update identity.guardians set sms_opt_in = true where family_id = %s', :family)
);
select tests.confirmed(tests.cart(tests.student(:family), :section)) as registration \gset
select is(
    pg_temp.queued(:family), 'registration_confirmed email, registration_confirmed sms',
    'by SMS as well, where that is wanted'
);
select tests.family() as family \gset
select tests.run(
    format(
        'update identity.guardians set sms_opt_in = true where family_id = %1$s;
        update identity.accounts set phone = null
        where id = %2$s', :family, tests.guardian_of(:family)
    )
);
select tests.confirmed(tests.cart(tests.student(:family), :section)) as registration \gset
select is(pg_temp.queued(:family), 'registration_confirmed email', 'not without a number');
-- Only the primary guardian.
select tests.family() as family \gset
select tests.run(
    format(
        'insert into identity.guardians (studio_id, family_id, account_id, sms_opt_in)
        values (auth.studio_id(), %s, %s, true)',
        :family, tests.guardian_of(tests.family('Second'))
    )
);
select tests.guardian_of(:family) as guardian \gset
select tests.confirmed(tests.cart(tests.student(:family), :section)) as registration \gset
select is(pg_temp.queued(:family), 'registration_confirmed email', 'a second guardian gets none');
select is(
    (select m.account_id from messaging.messages as m where m.family_id = :family),
    :guardian::bigint, 'the primary one does'
);
-- A hold that only ran out is no news by message; what was never confirmed has no receipt.
select tests.family() as family \gset
select tests.held(tests.cart(tests.student(:family), :section)) as registration \gset
select tests.lapse(:registration);
select is(tests.value('enrollment.expire_holds()'), '1', 'a hold has run out');
select is(pg_temp.queued(:family), null, 'without a message');
select * from finish();
rollback;
