begin;
set local search_path = tap, public;
select plan(21);
select tests.worker('owner') as owner \gset
-- A registration whose hold has lapsed and was given up, with a payment of which nobody had heard.
create function pg_temp.lapsed(registration bigint) returns bigint language plpgsql as $$
declare
    v_payment_id constant bigint := tests.payment(registration);
begin
    perform tests.forget_calls(v_payment_id);
    perform tests.run(
        format(
            'update payment.payments set session_ends_at = now() - interval ''1 s'',
            final_answer_due_at = now(), status = ''expired'' where id = %s', v_payment_id
        )
    );
    perform tests.lapse(registration);
    perform tests.value('enrollment.expire_holds()');
    return v_payment_id;
end;
$$;
create function pg_temp.held(section bigint) returns bigint language sql as $$
    select tests.held(tests.cart(tests.student(tests.family()), section))
$$;
create function pg_temp.pay(payment bigint) returns void language sql as $$
    select tests.apply(payment, tests.sale(payment, 'late' || payment))
$$;
create function pg_temp.state(registration bigint) returns text language sql as $$
    select
        concat_ws(
            ' / ', concat_ws(' ', r.status, r.status_reason),
            (
                select string_agg(e.status, ',' order by e.id) from enrollment.enrollments as e
                where e.registration_id = r.id
            ),
            (
                select string_agg(s.status, ',') from enrollment.seats as s
                inner join enrollment.enrollments as e on s.enrollment_id = e.id
                where e.registration_id = r.id
            ),
            (
                select string_agg(u.kind || ' ' || u.status || ' ' || u.cause, ',')
                from payment.refunds as u where u.registration_id = r.id
            )
        )
    from enrollment.registrations as r where r.id = registration
$$;
create function pg_temp.told(registration bigint) returns text language sql as $$
    select string_agg(m.template_code, ',' order by m.id) from messaging.messages as m
    where m.registration_id = registration
$$;

select tests.section('Again', p_capacity => 1) as section \gset
select pg_temp.held(:section) as registration \gset
select pg_temp.lapsed(:registration) as payment \gset
select is(pg_temp.state(:registration), 'failed hold_lapsed / failed', 'its seat was given up');
select pg_temp.pay(:payment);
select is(
    pg_temp.state(:registration), 'confirmed / confirmed / confirmed',
    'its seat was still free: it is taken again'
);
select is(tests.calls(:payment), null, 'no money goes back');
select is(pg_temp.told(:registration), 'registration_confirmed', 'the family is told');
select is(
    (
        select string_agg(e.kind, ',' order by e.id) from ops.domain_events as e
        where e.subject_id = :registration and e.kind like 'registration.%'
    ),
    'registration.held,registration.released,registration.confirmed,registration.retaken',
    'and what became of it is kept'
);
select pg_temp.pay(:payment);
select is(
    pg_temp.state(:registration), 'confirmed / confirmed / confirmed', 'a repeat changes nothing'
);

-- Whoever has it, or waits for it, keeps it.
select tests.section('Gone', '{2}', p_capacity => 1) as section \gset
select pg_temp.held(:section) as registration \gset
select pg_temp.lapsed(:registration) as payment \gset
select pg_temp.held(:section) as other \gset
select pg_temp.pay(:payment);
select is(
    pg_temp.state(:registration), 'failed hold_lapsed / failed / void pending late',
    'somebody else has it: the money goes back'
);
select is(
    pg_temp.told(:registration), 'staff_payment_returned,payment_returned',
    'family and who runs the studio are told'
);
select is(pg_temp.state(:other), 'pending_payment / pending / held', 'and nothing becomes of the other');
-- Two classes, of which one is gone: none of them.
select tests.section('Free', '{3}', p_capacity => 1) as free \gset
select tests.section('Full', '{4}', p_capacity => 1) as full \gset
select tests.held(tests.cart(tests.student(tests.family()), :free, :full)) as registration \gset
select pg_temp.lapsed(:registration) as payment \gset
select pg_temp.held(:full) as other \gset
select pg_temp.pay(:payment);
select is(
    pg_temp.state(:registration), 'failed hold_lapsed / failed,failed / void pending late',
    'all of it or nothing'
);
-- The family has begun anew, for the same place.
select tests.section('Twice', '{5}', p_capacity => 5) as section \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.held(tests.cart(:student, :section)) as registration \gset
select pg_temp.lapsed(:registration) as payment \gset
select tests.held(tests.open_cart(:student)) as second \gset
select pg_temp.pay(:payment);
select is(
    concat_ws(' | ', pg_temp.state(:registration), pg_temp.state(:second)),
    'failed hold_lapsed / failed / void pending late | pending_payment / pending / held',
    'another checkout of the term is open'
);
-- Closed, or cancelled, since.
select pg_temp.held(:section) as registration \gset
select pg_temp.lapsed(:registration) as payment \gset
select tests.run(format('update catalog.sections set status = ''closed'' where id = %s', :section));
select pg_temp.pay(:payment);
select is(
    pg_temp.state(:registration), 'failed hold_lapsed / failed / void pending late',
    'what is no longer sold is not taken'
);
-- What it was given up for another reason is over.
select tests.section('Given up', '{6}', p_capacity => 5) as section \gset
select pg_temp.held(:section) as registration \gset
select tests.payment(:registration) as payment \gset
select tests.run(format('update payment.payments set status = ''expired'' where id = %s', :payment));
select tests.as_family(
    (select r.family_id from enrollment.registrations as r where r.id = :registration),
    format('api.abandon_checkout(%s)', :registration)
) as given_up \gset
select pg_temp.pay(:payment);
select is(
    pg_temp.state(:registration), 'cancelled abandoned / cancelled / void pending late',
    'what the family gave up goes back'
);

-- With all that its price counted on: coupon, credit, adjustment, family award.
select tests.section('Priced', '{1}', p_starts_at => '14:00', p_ends_at => '15:00', p_capacity => 9)
as section \gset
select tests.coupon() as coupon \gset
select tests.coupon('{"key": "once", "code": "ONCE", "max_uses": 1}') as once \gset
select tests.worker() as staff \gset
create function pg_temp.checkout(
    family bigint, section bigint, code text default null, students integer default 1
) returns bigint language plpgsql as $$
declare
    v_cart bigint;
begin
    for v_number in 1..students loop
        v_cart := tests.cart(tests.student(family, 'Student ' || v_number), section);
    end loop;
    perform tests.as_family(family, format('api.use_credit(%s, true)', v_cart));
    return tests.as_family(
        family,
        format(
            'api.checkout(%s, %s, %L)', v_cart,
            tests.as_family(family, format('api.quote(%s, %L)', v_cart, code)) ->> 'quote_id',
            gen_random_uuid()
        )
    ) ->> 'registration_id';
end;
$$;
create function pg_temp.taken(registration bigint) returns text language sql as $$
    select
        concat_ws(
            ' ',
            (select 'coupon ' || u.status from pricing.coupon_redemptions as u
            where u.registration_id = registration),
            (select 'credit ' || u.status from pricing.credit_uses as u
            where u.registration_id = registration),
            (select 'adjustment ' || u.status from pricing.adjustments as u
            where u.registration_id = registration),
            (select 'award ' || u.status from pricing.family_awards as u
            where u.registration_id = registration)
        )
$$;
create function pg_temp.adjust(staff bigint, family bigint) returns bigint language sql as $$
    select tests.as_staff(
        staff,
        format('api.adjust_price(%s, null, ''other'', ''A gift'', -500, ''x'')', tests.term()),
        family
    )::bigint
$$;
select tests.family() as family \gset
select tests.as_staff(:staff, format('api.grant_credit(%s, 1000, ''rain'')', :family)) as credit \gset
select pg_temp.adjust(:staff, :family) as adjustment \gset
select pg_temp.checkout(:family, :section, 'SAVE20', 2) as registration \gset
select is(
    pg_temp.taken(:registration), 'coupon held credit held adjustment held award held',
    'all is held with the seats'
);
select pg_temp.lapsed(:registration) as payment \gset
select is(
    pg_temp.taken(:registration), 'coupon returned credit returned award returned',
    'and given back with them'
);
select pg_temp.pay(:payment);
select is(
    pg_temp.state(:registration) || ' | ' || pg_temp.taken(:registration),
    'confirmed / confirmed,confirmed / confirmed,confirmed'
    || ' | coupon used credit used adjustment used award used',
    'and taken again with them'
);
-- Each by itself, when it is gone by now, is a reason not to.
select tests.family() as family \gset
select tests.as_staff(:staff, format('api.grant_credit(%s, 1000, ''rain'')', :family)) as credit \gset
select pg_temp.checkout(:family, :section) as registration \gset
select pg_temp.lapsed(:registration) as payment \gset
-- It is spent on what comes next.
select tests.as_family(
    :family,
    format(
        'api.remove_cart_item((select i.id from api.cart_items as i where i.section_id = %s))',
        :section
    )
) as removed \gset
select pg_temp.checkout(:family, :section) as second \gset
select tests.payment(:second) as paid \gset
select tests.apply(:paid, tests.sale(:paid, 'second'));
select pg_temp.pay(:payment);
select is(
    concat_ws(' | ', pg_temp.state(:registration), pg_temp.taken(:registration), pg_temp.taken(:second)),
    'failed hold_lapsed / failed / void pending late | credit returned | credit used',
    'the credit was spent on something else'
);
select tests.family() as family \gset
select pg_temp.adjust(:staff, :family) as adjustment \gset
select pg_temp.checkout(:family, :section) as registration \gset
select pg_temp.lapsed(:registration) as payment \gset
select tests.as_staff(
    :staff, format('api.withdraw_adjustment(%s, ''a mistake'')', :adjustment)
) as withdrawn \gset
select pg_temp.pay(:payment);
select is(
    pg_temp.state(:registration), 'failed hold_lapsed / failed / void pending late',
    'the gift was withdrawn'
);
select tests.family() as family \gset
select pg_temp.checkout(:family, :section, 'ONCE') as registration \gset
select pg_temp.lapsed(:registration) as payment \gset
select pg_temp.checkout(tests.family(), :section, 'ONCE') as second \gset
select pg_temp.pay(:payment);
select is(
    concat_ws(' | ', pg_temp.state(:registration), pg_temp.taken(:registration), pg_temp.taken(:second)),
    'failed hold_lapsed / failed / void pending late | coupon returned | coupon held',
    'the coupon''s last use is somebody else''s'
);

-- A date that is over can't be had again; nor what the student has put in its place.
select tests.section('Clash', '{1}', p_starts_at => '14:30', p_ends_at => '15:30', p_capacity => 9)
as clash \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.held(tests.cart(:student, :section)) as registration \gset
select pg_temp.lapsed(:registration) as payment \gset
select tests.as_family(
    :family,
    format(
        'api.remove_cart_item((select i.id from api.cart_items as i where i.section_id = %s))',
        :section
    )
) as removed \gset
select tests.confirmed(tests.cart(:student, :clash)) as second \gset
select pg_temp.pay(:payment);
select is(
    concat_ws(' | ', pg_temp.state(:registration), pg_temp.state(:second)),
    'failed hold_lapsed / failed / void pending late | confirmed / confirmed / confirmed',
    'the student is elsewhere at that hour'
);

-- By the setting: never again.
select tests.run(
    'update studio.settings set late_money = ''return'' where studio_id = auth.studio_id()'
);
select tests.section('Never', '{2}', p_starts_at => '18:00', p_ends_at => '19:00') as section \gset
select pg_temp.held(:section) as registration \gset
select pg_temp.lapsed(:registration) as payment \gset
select pg_temp.pay(:payment);
select is(
    pg_temp.state(:registration), 'failed hold_lapsed / failed / void pending late',
    'a studio may give all late money back'
);
select * from finish();
rollback;
