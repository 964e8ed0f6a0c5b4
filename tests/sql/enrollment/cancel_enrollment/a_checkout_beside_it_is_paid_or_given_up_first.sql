-- What is being paid counts the class that would end, and keeps its price: one after the other.
begin;
set local search_path = tap, public;
select plan(11);
select tests.worker('staff') as desk \gset
select tests.section('First', '{1}') as one \gset
select tests.section('Second', '{2}') as two \gset
select tests.section('Third', '{3}') as three \gset
create function pg_temp.alone(variadic sections bigint[]) returns bigint language sql as $$
    select tests.total(tests.cart(tests.student(tests.family()), variadic sections))
$$;
create function pg_temp.of(student bigint, section bigint) returns bigint language sql as $$
    select max(e.id) from enrollment.enrollments as e
    where e.student_id = student and e.section_id = section
$$;
create function pg_temp.refused(call text, desk bigint) returns jsonb language sql as $$
    select tests.error(format('select tests.as_staff(%s, %L)', desk, call)) - 'message' - 'hint'
$$;
create function pg_temp.given(family bigint) returns bigint language sql as $$
    select coalesce(sum(c.amount_minor), 0)::bigint from pricing.credits as c
    where c.family_id = family
$$;
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :one)) as first \gset
select tests.cart(:student, :two) as cart \gset
select tests.held(:cart) as held \gset
select is(
    pg_temp.refused(format(t.call, pg_temp.of(:student, :one)), :desk),
    jsonb_build_object(
        'code', 'checkout_open',
        'details', jsonb_build_object('registration_id', :held)::text
    ), t.call
)
from (
    values
    ('api.cancel_enrollment(%s, ''x'')'),
    ('api.cancel_enrollment(%s, ''x'', preview => true)'),
    ('api.transfer_enrollment(%s, ' || :three || ', ''x'')')
) as t (call);
select is(
    (select count(*) from enrollment.changes as c where c.family_id = :family), 0::bigint,
    'nothing is written'
);
-- Once it is over nobody waits for it.
select tests.lapse(:held);
select is(
    tests.as_staff(
        :desk,
        format('api.cancel_enrollment(%s, ''x'', preview => true)', pg_temp.of(:student, :one))
    ) -> 'given_back_minor', to_jsonb(pg_temp.alone(:one)), 'one that has lapsed is in nobody''s way'
);
select tests.confirmed(:cart) \g /dev/null
select tests.as_staff(
    :desk, format('api.cancel_enrollment(%s, ''x'')', pg_temp.of(:student, :one))
) \g /dev/null
select tests.as_staff(
    :desk, format('api.cancel_enrollment(%s, ''x'')', pg_temp.of(:student, :two))
) \g /dev/null
select is(
    pg_temp.given(:family), pg_temp.alone(:one, :two), 'in the end what was paid is given back'
);

-- Staff who say how much need not wait, and give nobody more than was paid.
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.confirmed(tests.cart(:student, :one)) as first \gset
select tests.held(tests.cart(:student, :two)) as held \gset
select is(
    tests.as_staff(
        :desk,
        format(
            'api.cancel_enrollment(%s, ''x'', price_change_minor => %s)',
            pg_temp.of(:student, :one), - pg_temp.alone(:one)
        )
    ) -> 'given_back_minor', to_jsonb(pg_temp.alone(:one)), 'it is given back beside a checkout'
);
select tests.payment(:held) as payment \gset
select tests.apply(:payment, tests.sale(:payment, 'trx-second'));
select is(tests.registration_status(:held), 'confirmed', 'which is paid');
select cmp_ok(
    (select r.total_minor from enrollment.registrations as r where r.id = :held), '<',
    pg_temp.alone(:two), 'for less than it costs alone'
);
select is(
    tests.as_staff(
        :desk, format('api.cancel_enrollment(%s, ''x'')', pg_temp.of(:student, :two))
    ) -> 'given_back_minor',
    (select to_jsonb(r.total_minor) from enrollment.registrations as r where r.id = :held),
    'which is all that is given back for it'
);
select is(
    pg_temp.given(:family),
    (
        select sum(r.total_minor)::bigint from enrollment.registrations as r
        where r.family_id = :family
    ), 'and no more than was paid in all'
);
select * from finish();
rollback;
