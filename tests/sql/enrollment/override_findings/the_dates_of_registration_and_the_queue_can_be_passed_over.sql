begin;
set local search_path = tap, public;
select plan(20);
select tests.worker() as staff \gset
create function pg_temp.refusal(staff bigint, cart bigint, overrides text)
returns text language sql as $$
    select coalesce(
        tests.error_code(
            format(
                'select tests.as_staff(%s, %L, %s)', staff,
                format(
                    'api.checkout(%s, %s, %L, overrides => %L)', cart,
                    tests.quote(cart) ->> 'quote_id', gen_random_uuid(), overrides
                ),
                tests.family_of_cart(cart)
            )
        ), 'registered'
    )
$$;
create function pg_temp.uses(cart bigint) returns text language sql as $$
    select string_agg(o.code || coalesce(o.requirement_id::text, ''), ' ' order by o.id)
    from enrollment.override_uses as o
    inner join enrollment.registrations as r on o.registration_id = r.id
    where r.cart_id = cart
$$;

-- Registration is over, or has not begun.
select tests.section('Late', '{1}') as late, tests.section('Asks', '{2}') as asks \gset
select tests.require(:asks, '{"kind": "audition"}') as rule \gset
select tests.run('update catalog.terms set registration_closes_at = now()
where id = ' || tests.term()) \g /dev/null
select tests.cart(tests.student(tests.family()), :late) as cart \gset
select is(pg_temp.refusal(:staff, :cart, '[]'), 'term_not_open', 'registration is closed');
select is(
    pg_temp.refusal(:staff, :cart, '[{"code": "term_not_open", "reason": "moved here"}]'),
    'registered', 'and opened for one who came late'
);
select is(pg_temp.uses(:cart), 'term_not_open', 'it is kept, and that it was no rule');
select is(
    (
        select count(*) from enrollment.findings as f
        inner join enrollment.registrations as r on f.registration_id = r.id
        where r.cart_id = :cart
    ),
    0::bigint, 'findings are of rules alone'
);
select tests.run(
    'update catalog.terms set registration_opens_at = now() + interval ''1 day'',
    registration_closes_at = now() + interval ''2 days'' where id = ' || tests.term()
) \g /dev/null
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :late, :asks) as cart \gset
select is(
    pg_temp.refusal(
        :staff, :cart,
        format('[{"code": "term_not_open", "reason": "early bird", "section_id": %s}]', :late)
    ),
    'term_not_open', 'each class of it is named'
);
select is(
    pg_temp.refusal(
        :staff, :cart,
        format(
            '[{"code": "term_not_open", "reason": "early bird", "section_id": %s},
            {"code": "term_not_open", "reason": "early bird", "section_id": %s},
            {"code": "term_not_open", "reason": "again", "section_id": %2$s, "student_id": %s}]',
            :late, :asks, :student
        )
    ),
    'override_ambiguous', 'once'
);
select is(
    pg_temp.refusal(
        :staff, :cart,
        format(
            '[{"code": "term_not_open", "reason": "early bird", "section_id": %s},
            {"code": "term_not_open", "reason": "early bird", "section_id": %s}]', :late, :asks
        )
    ),
    'audition_required', 'and the rules go on'
);
select is(pg_temp.uses(:cart), null, 'a refusal keeps nothing');
select is(
    pg_temp.refusal(
        :staff, :cart,
        format(
            '[{"code": "term_not_open", "reason": "early bird", "section_id": %s},
            {"code": "audition_required", "reason": "seen"},
            {"code": "term_not_open", "reason": "early bird", "section_id": %s}]', :late, :asks
        )
    ),
    'registered', 'all of it, in any order'
);
select is(
    pg_temp.uses(:cart), format('term_not_open audition_required%s term_not_open', :rule),
    'three uses'
);

-- A term that is not there any more can't be opened by an override.
select tests.cart(tests.student(tests.family()), :late) as cart \gset
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select is(
    tests.what_if(
        'update catalog.terms set status = ''archived'' where id = ' || tests.term(),
        format(
            'tests.error_code(%L)',
            format(
                'select tests.as_staff(%s, %L, %s)', :staff,
                format(
                    'api.checkout(%s, %s, ''12345678'', overrides => ''[{"code": "term_not_open",
                    "reason": "please"}]'')', :cart, :quote
                ), tests.family_of_cart(:cart)
            )
        )
    ),
    '"override_not_allowed"', 'an archived term'
);
select tests.run('update catalog.terms set registration_opens_at = now() - interval ''1 day'',
registration_closes_at = now() + interval ''1 month'' where id = ' || tests.term()) \g /dev/null

-- A queue: one waits, and a place that has come free is not offered yet.
select tests.section('Tight', '{3}', p_capacity => 2) as tight \gset
select tests.held(tests.cart(tests.student(tests.family()), :tight)) as first \gset
select tests.held(tests.cart(tests.student(tests.family()), :tight)) as second \gset
select tests.wait(:tight, array[tests.student(tests.family())]) as entry \gset
select tests.run(format(
    'update enrollment.waitlist_entries set needs_staff = ''age_not_met'' where id = %s', :entry
));
select tests.as_family(
    (select r.family_id from enrollment.registrations as r where r.id = :first),
    format('api.abandon_checkout(%s)', :first)
) \g /dev/null
select tests.run(format(
    'update enrollment.waitlist_entries set needs_staff = null where id = %s', :entry
));
select tests.cart(tests.student(tests.family()), :tight) as cart \gset
select is(pg_temp.refusal(:staff, :cart, '[]'), 'waitlist_only', 'somebody waits for it');
select is(
    pg_temp.refusal(:staff, :cart, '[{"code": "waitlist_only", "reason": "teacher''s child"}]'),
    'registered', 'staff pass over the queue'
);
select tests.cart(tests.student(tests.family()), :tight) as cart \gset
select is(
    pg_temp.refusal(:staff, :cart, '[{"code": "waitlist_only", "reason": "another one"}]'),
    'seat_unavailable', 'but never over the capacity'
);
select is(pg_temp.uses(:cart), null, 'which keeps nothing');

-- Where seats are held from the cart, what staff put there has their time, too.
select tests.run('update studio.settings set hold_starts_at = ''cart''') \g /dev/null
select tests.student(tests.family()) as student \gset
select tests.open_cart(:student) as cart \gset
select tests.as_staff(
    :staff, format('api.put_cart_item(%s, %s, %s)', :cart, :student, :late),
    tests.family_of_cart(:cart)
) \g /dev/null
select is(
    (select c.hold_expires_at - now() from enrollment.carts as c where c.id = :cart),
    interval '60 minutes', 'an hour from the cart'
);
select tests.run('update studio.settings set staff_hold_minutes = 90') \g /dev/null
select is(
    tests.as_staff(
        :staff,
        format(
            '((api.checkout(%s, %s, ''12345678'') ->> ''hold_expires_at'')::timestamptz - now())',
            :cart, tests.quote(:cart) ->> 'quote_id'
        ),
        tests.family_of_cart(:cart)
    ),
    '"01:30:00"', 'and as long as the setting says from checkout'
);

-- Also past a queue, where carts hold seats: the item is put without one.
select tests.section('Tight too', '{4}', p_capacity => 1) as tight \gset
select tests.held(tests.cart(tests.student(tests.family()), :tight)) as first \gset
select tests.wait(:tight, array[tests.student(tests.family())]) as entry \gset
select tests.run(format(
    'update enrollment.waitlist_entries set needs_staff = ''age_not_met'' where id = %s', :entry
));
select tests.as_family(
    (select r.family_id from enrollment.registrations as r where r.id = :first),
    format('api.abandon_checkout(%s)', :first)
) \g /dev/null
select tests.run(format(
    'update enrollment.waitlist_entries set needs_staff = null where id = %s', :entry
));
select tests.student(tests.family()) as student \gset
select tests.open_cart(:student) as cart \gset
select is(
    tests.family_error_code(
        tests.family_of_cart(:cart),
        format('api.put_cart_item(%s, %s, %s)', :cart, :student, :tight)
    ), 'waitlist_only', 'a family is told of the queue at once'
);
select tests.as_staff(
    :staff, format('api.put_cart_item(%s, %s, %s)', :cart, :student, :tight),
    tests.family_of_cart(:cart)
) \g /dev/null
select is(pg_temp.refusal(:staff, :cart, '[]'), 'waitlist_only', 'staff at checkout');
select is(
    pg_temp.refusal(:staff, :cart, '[{"code": "waitlist_only", "reason": "promised"}]'),
    'registered', 'where they say why they pass over it'
);
select * from finish();
rollback;
