begin;
set local search_path = tap, public;
select plan(35);
select tests.section('Taken up', '{1}', p_capacity => 1) as section \gset
select tests.section('Same hour', '{1}', p_capacity => 5) as clash \gset
select tests.family() as holders, tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.held(tests.cart(tests.student(tests.family()), :section)) as holder \gset
select tests.wait(:section, array[:student]) as entry \gset
select w.cart_id as cart from enrollment.waitlist_entries as w where w.id = :entry \gset
create function pg_temp.refused(p_entry bigint) returns text language sql as $$
    select tests.error_code(format('select tests.accept(%s)', p_entry))
$$;
select cmp_ok(tests.total(:cart), '>', 0::bigint, 'what it will cost can be asked before');
select is(pg_temp.refused(:entry), 'not_offered', 'not before it is offered');
select is(
    tests.error_code(format('select tests.put(%s, %s, %s, ''null'')', :cart, :student, :clash)),
    'cart_is_waiting', 'nothing is added to what is waited for'
);
select is(
    tests.family_error_code(
        :family,
        format('api.remove_cart_item((select min(i.id) from api.cart_items as i where i.cart_id = %s))',
            :cart)
    ),
    'cart_is_waiting', 'nor taken away'
);
select tests.abandon(:holder);
select s.id as seat from enrollment.seats as s where s.section_id = :section \gset
-- Others, and other times.
select is(
    tests.family_error_code(:holders, format('api.accept_offer(%s, 1, ''0123456789'')', :entry)),
    'waitlist_entry_not_found', 'another family''s offer'
);
select is(
    tests.family_error_code(:holders, format('api.decline_offer(%s)', :entry)),
    'waitlist_entry_not_found', 'it can''t be declined for them'
);
select is(
    tests.family_error_code(:holders, format('api.leave_waitlist(%s)', :entry)),
    'waitlist_entry_not_found', 'nor left'
);
select is(
    tests.family_error_code(:family, format('api.accept_offer(%s, 1, ''0123456789'')', :entry)),
    'quote_not_found', 'without a price'
);
-- The price has changed since it was told.
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select tests.supersede('rates', 'r.weekly_count = 1', '{"amount_minor": 99900}');
select is(
    tests.family_error_code(
        :family, format('api.accept_offer(%s, %s, ''0123456789'')', :entry, :quote)
    ),
    'quote_changed', 'at a price that is no longer right'
);
select is(tests.entry_status(:entry), 'offered', 'the offer stands');
select tests.accept(:entry) ->> 'registration_id' as registration \gset
select is(tests.entry_status(:entry), 'accepted', 'at today''s price it is accepted');
select is(
    (
        select format('%s %s %s', s.id, s.status, e.registration_id)
        from enrollment.seats as s
        inner join enrollment.enrollments as e on s.enrollment_id = e.id
        where s.section_id = :section
    ),
    format('%s held %s', :seat, :registration), 'by the very seat that was offered'
);
select is(pg_temp.refused(:entry), 'checkout_open', 'once');
-- Not paid in time: the next one.
select tests.student(tests.family()) as next \gset
select tests.wait(:section, array[:next]) as next_entry \gset
select tests.lapse(:registration);
select is(tests.value('enrollment.expire_holds()'), '1', 'a hold that lapses');
select is(tests.entry_status(:entry), 'expired', 'ends what was accepted');
select is(
    (select count(*) from messaging.messages as m where m.template_code = 'waitlist_expired'),
    1::bigint, 'the family is told'
);
select is((select c.status from enrollment.carts as c where c.id = :cart), 'closed', 'it is over');
select is(tests.entry_status(:next_entry), 'offered', 'and passes the place on');
select is(
    tests.family_error_code(:family, format('api.accept_offer(%s, 1, ''0123456789'')', :entry)),
    'offer_expired', 'it is too late then'
);

-- Paid.
select tests.accept(:next_entry) ->> 'registration_id' as registration \gset
create function pg_temp.pay(p_registration_id bigint) returns void language plpgsql as $$
declare
    v_payment_id constant bigint := tests.payment(p_registration_id);
begin
    perform tests.apply(v_payment_id, tests.sale(v_payment_id, 'trx-of-' || v_payment_id));
end;
$$;
select pg_temp.pay(:registration);
select is(tests.entry_status(:next_entry), 'registered', 'who pays is in');
select is(
    (select s.status from enrollment.seats as s where s.section_id = :section), 'confirmed',
    'with a seat'
);
select is(
    (
        select c.status from enrollment.carts as c
        inner join enrollment.waitlist_entries as w on c.id = w.cart_id where w.id = :next_entry
    ), 'checked_out', 'the cart is done'
);

-- An offer that lapsed but that nobody has looked at.
select tests.section('Lapsing offer', '{2}', p_capacity => 1) as lapsing \gset
select tests.held(tests.cart(tests.student(tests.family()), :lapsing)) as holder \gset
select tests.family() as late_family \gset
select tests.wait(:lapsing, array[tests.student(:late_family)]) as late \gset
select tests.abandon(:holder);
select tests.lapse_offer(:late);
select is(pg_temp.refused(:late), 'offer_expired', 'too late, though no job has run');
select is(tests.entry_status(:late), 'offered', 'the refusal writes nothing');
select is(
    tests.checkout_error(tests.cart(tests.student(tests.family()), :lapsing)), null,
    'nobody else waits: whoever comes gets the place'
);
select is(tests.entry_status(:late), 'expired', 'and the offer ends');

-- What it replaces is given up when it is paid, not before.
select tests.section('Instead', '{1}', p_capacity => 1) as wanted \gset
select tests.family() as switchers \gset
select tests.student(:switchers) as switcher \gset
select tests.confirmed(tests.cart(:switcher, :clash)) as old \gset
select e.id as old_enrollment from enrollment.enrollments as e where e.registration_id = :old \gset
select tests.held(tests.cart(tests.student(tests.family()), :wanted)) as holder \gset
select tests.wait(
    :wanted, array[:switcher], ', replaces_enrollment_id => ' || :old_enrollment
) as switch \gset
select tests.abandon(:holder);
select is(tests.entry_status(:switch), 'offered', 'a clash with what is given up is none');
select tests.accept(:switch) ->> 'registration_id' as registration \gset
select is(
    (
        select array_agg(s.status order by s.status) from enrollment.seats as s
        where s.student_id = :switcher
    ), array['confirmed', 'held'], 'while it is not paid the student has both'
);
select pg_temp.pay(:registration);
select is(
    (
        select string_agg(format('%s %s', s.status, s.unshared = s.during), ',')
        from enrollment.seats as s where s.student_id = :switcher
    ), 'confirmed t', 'then the new one alone'
);
select is(
    (select e.status from enrollment.enrollments as e where e.id = :old_enrollment), 'cancelled',
    'the old one has ended'
);
select is(
    (select count(*) from ops.domain_events as e where e.kind = 'enrollment.replaced'
    and e.subject_id = :old_enrollment), 1::bigint, 'on record'
);
-- Without a word about it, the clash is for staff.
select tests.section('Clashing', '{1}', p_capacity => 1) as third \gset
select tests.held(tests.cart(tests.student(tests.family()), :third)) as holder \gset
select tests.wait(:third, array[:switcher]) as clashing \gset
select tests.abandon(:holder);
select is(
    (select w.needs_staff from enrollment.waitlist_entries as w where w.id = :clashing),
    'schedule_conflict', 'a student who can''t come is flagged for staff'
);
select is(
    (tests.as_anybody(format(
        '(select s.seats_left from api.sections as s where s.id = %s)', :third
    )))::integer, 1, 'and in nobody''s way'
);
select tests.as_family(:switchers, format('api.leave_waitlist(%s)', :clashing));
select is(tests.entry_status(:clashing), 'cancelled', 'whoever leaves');
select is(
    tests.family_error_code(:switchers, format('api.leave_waitlist(%s)', :clashing)),
    'not_waiting', 'leaves once'
);
select * from finish();
rollback;
