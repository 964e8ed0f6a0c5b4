begin;
set local search_path = tap, public;
select plan(24);
select tests.worker() as staff \gset
select tests.section('Adjusted Mon', '{1}') as monday \gset
select tests.section('Adjusted Tue', '{2}') as tuesday \gset
create function pg_temp.adjust(
    staff bigint, family bigint, student bigint, amount bigint, label text default 'Missed weeks'
)
returns bigint language sql as $$
    select tests.as_staff(
        staff,
        format(
            'api.adjust_price(%s, %L, ''proration'', %L, %s, ''late'')',
            tests.term(), student, label, amount
        ),
        family
    )::bigint
$$;
create function pg_temp.adjusted(cart bigint) returns text language sql as $$
    select string_agg(
        concat_ws(' ', l.label, l.amount_minor, 'of', l.basis ->> 'given_minor'), ', '
        order by l.student_id, l.line_number
    )
    from tests.lines(tests.quote(cart)) as l where l.kind = 'adjustment'
$$;
create function pg_temp.status(adjustment bigint) returns text language sql as $$
    select concat_ws(' ', a.status, a.registration_id) from pricing.adjustments as a
    where a.id = adjustment
$$;

select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(:family, 'Two') as two \gset
select tests.cart(:one, :monday) as cart \gset
select tests.quote(:cart) ->> 'quote_id' as before \gset
select pg_temp.adjust(:staff, :family, :one, -10000) as adjustment \gset
select is(
    pg_temp.adjusted(:cart), 'Missed weeks -10000 of -10000', 'a line of its own, in words'
);
select is(tests.total(:cart), 81643::bigint, '916.43 less 100');
select is(
    (tests.quote(:cart) #> '{students,0,subtotal_minor}')::bigint, 81643::bigint,
    'inside the subtotal of the student'
);
select is(
    tests.family_error_code(
        :family, format('api.checkout(%s, %s, ''12345678'')', :cart, :before)
    ),
    'quote_changed', 'a quote from before it is not taken'
);
select pg_temp.adjust(:staff, :family, :two, -500) as of_two \gset
select is(
    pg_temp.adjusted(:cart), 'Missed weeks -10000 of -10000',
    'one for a student waits for a checkout with something for that student'
);
-- Held, given back, held again, used: once.
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select tests.held(:cart) as registration \gset
select is(
    pg_temp.status(:adjustment), 'held ' || :registration, 'held with the seats'
);
select is(
    pg_temp.adjusted(:cart), 'Missed weeks -10000 of -10000',
    'who looks at the price again meanwhile sees the same'
);
select tests.as_family(:family, format('api.abandon_checkout(%s)', :registration)) as gone \gset
select is(pg_temp.status(:adjustment), 'open', 'an abandoned checkout gives it back');
select tests.held(:cart) as registration \gset
select tests.payment(:registration) as payment \gset
select tests.apply(:payment, tests.sale(:payment));
select is(pg_temp.status(:adjustment), 'used ' || :registration, 'confirmation uses it');
select is(pg_temp.status(:of_two), 'open', 'the one that had no line still waits');
select is(tests.replayed(:quote), tests.kept(:quote), 'the quote replays, whatever became of it');
select tests.cart(:one, :tuesday) as cart \gset
select is(pg_temp.adjusted(:cart), null, 'the next checkout has none');

-- Added, taken off, of the student and of the family; a parent sees each of them.
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.cart(:one, :monday) as cart \gset
select pg_temp.adjust(:staff, :family, :one, 2500, 'Costume fitting') as added \gset
select pg_temp.adjust(:staff, :family, null, -1000, 'Sorry') as off \gset
select is(
    pg_temp.adjusted(:cart), 'Costume fitting 2500 of 2500, Sorry -1000 of -1000',
    'several at once'
);
select is(tests.total(:cart), 93143::bigint, '916.43 and 25 less 10');
-- A student's reach as far as the student's lines (916.43 + 25), the family's to the total.
select pg_temp.adjust(:staff, :family, :one, -90000, 'A') as a \gset
select pg_temp.adjust(:staff, :family, :one, -9000, 'B') as b \gset
select pg_temp.adjust(:staff, :family, :one, -1, 'C') as c \gset
select is(
    pg_temp.adjusted(:cart),
    'Costume fitting 2500 of 2500, A -90000 of -90000, B -4143 of -9000',
    'cut where there is no more to take off; what finds nothing has no line'
);
select is(tests.total(:cart), 0::bigint, 'never below 0');
select is(
    tests.checkout(:cart) ->> 'status', 'confirmed', 'what comes to 0 is confirmed at once'
);
select is(
    array[pg_temp.status(:b) like 'used %', pg_temp.status(:c) = 'open'], '{t,t}',
    'one that was cut is used whole; one without a line still waits'
);

-- Of the family after the students': cut by the total, where a family line took its part.
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.cart(:one, :monday) as cart \gset
select tests.cart(tests.student(:family, 'Two'), :monday) as cart \gset
select pg_temp.adjust(:staff, :family, null, -99999999999, 'All of it') as all_of_it \gset
select is(
    pg_temp.adjusted(:cart), 'All of it -178286 of -99999999999',
    'twice 916.43 less the family discount'
);
select pg_temp.adjust(:staff, :family, :one, -91643, 'One') as of_one \gset
select is(
    pg_temp.adjusted(:cart), 'One -91643 of -91643, All of it -86643 of -99999999999',
    'the student first, then the family'
);
select pg_temp.adjust(:staff, :family, null, 99999999999, 'And back') as back \gset
select is(
    tests.total(:cart), 86643::bigint, 'what is added is added before anything is taken off'
);
-- A credit pays what is due after them.
select tests.as_staff(:staff, format('api.grant_credit(%s, 100, ''why'')', :family)) as c \gset
select tests.use_credit(:cart);
select is(tests.total(:cart), 86543::bigint, 'a credit comes last');
select is(
    tests.as_staff(
        :staff, format('(select count(*) from api.adjustments as a where a.id = %s)', :of_one)
    ),
    '1', 'staff see them'
);
-- Another term has its own.
select tests.run(
    $$insert into catalog.terms
    (studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at)
    values (
        auth.studio_id(), 'Other term', '2030-01-01', '2030-06-01', now(), now() + interval '1 day'
    )$$
);
select tests.run(
    format(
        'update pricing.adjustments as a set term_id = t.id from catalog.terms as t
        where t.name = ''Other term'' and a.id in (%s, %s)', :all_of_it, :back
    )
);
select is(
    pg_temp.adjusted(:cart), 'One -91643 of -91643', 'what is for another term is not in the price'
);
select * from finish();
rollback;
