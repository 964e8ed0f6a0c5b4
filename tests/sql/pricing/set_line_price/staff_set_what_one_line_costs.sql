begin;
set local search_path = tap, public;
select plan(38);
select tests.worker() as staff \gset
select tests.section('Line Mon', '{1}') as monday \gset
select tests.section('Line Tue', '{2}') as tuesday \gset
select tests.add_on(:monday, 'early', 2000, true);
select tests.term() as term \gset
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.student(tests.family('Elm', 'elmst')) as foreign_student \gset
select tests.cart(:one, :monday, :tuesday) as cart \gset
create function pg_temp.set(
    staff bigint, student bigint, kind text, code text, amount bigint, family bigint default null,
    reason text default 'why'
)
returns text language sql as $$
    select tests.as_staff(
        staff,
        format(
            'api.set_line_price(%s, %L, %L, %L, %L, %L)', tests.term(), student, kind, code,
            amount, reason
        ),
        family
    ) #>> '{}'
$$;
create function pg_temp.refusal(
    staff bigint, student bigint, kind text, code text, amount bigint, family bigint default null,
    reason text default 'why'
)
returns text language sql as $$
    select tests.error_code(
        format(
            'select pg_temp.set(%L, %L, %L, %L, %L, %L, %L)', staff, student, kind, code, amount,
            family, reason
        )
    )
$$;
create function pg_temp.adjusted(cart bigint, plan text default null) returns text
language sql as $$
    select string_agg(l.label || ' ' || l.amount_minor, ', ' order by l.student_id, l.line_number)
    from tests.lines(tests.quote(cart, plan)) as l where l.kind = 'adjustment'
$$;
select is(pg_temp.refusal(:staff, :one, 'fee', 'video', -1), 'override_invalid', 'less than nothing');
select is(
    pg_temp.refusal(:staff, :one, 'fee', 'video', 100000000000), 'override_invalid', 'too much'
);
select is(
    pg_temp.refusal(:staff, :one, 'fee', 'video', null), 'override_invalid',
    'no amount, where there is none to withdraw'
);
select is(
    pg_temp.refusal(:staff, :one, 'fee', 'video', 1, null, ' '), 'override_invalid',
    'a blank reason'
);
select is(pg_temp.refusal(:staff, :one, 'fee', 'vidoe', 1), 'line_unknown', 'no such code');
select is(pg_temp.refusal(:staff, :one, 'credit', 'credit', 1), 'line_unknown', 'no such kind');
select is(
    pg_temp.refusal(:staff, :one, 'plan_fee', 'monthly', 1), 'line_unknown',
    'a line of the family, for a student'
);
select is(
    pg_temp.refusal(:staff, null, 'fee', 'video', 1, :family), 'line_unknown',
    'a line of a student, for the family'
);
select is(
    pg_temp.refusal(:staff, null, 'plan_fee', 'monthly', 1), 'family_required', 'of no family'
);
select is(
    pg_temp.refusal(:staff, :foreign_student, 'fee', 'video', 1), 'student_not_found',
    'a student of another studio'
);
select is(
    pg_temp.refusal(:staff, :one, 'fee', 'video', 1, tests.family('Another')),
    'student_not_found', 'a student of another family than the one staff act for'
);
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, ''api.set_line_price(0, %s, ''''fee'''', ''''video'''', 1, ''''why'''')'')',
            :staff, :one
        )
    ),
    'term_not_found', 'no such term'
);
select is(
    tests.family_error_code(
        :family,
        format('api.set_line_price(%s, %s, ''fee'', ''video'', 1, ''why'')', :term, :one)
    ),
    '42501', 'a family'
);
select is(
    (select count(*) from pricing.line_overrides), 0::bigint, 'nothing was written by any of them'
);

-- 1,553.04 + 2 × 65 + 15 + 40 + 20 = 1,758.04
select is(tests.total(:cart), 175804::bigint, 'the price by the rules');
select pg_temp.set(:staff, :one, 'fee', 'costume_senior', 5000) as first \gset
select is(
    pg_temp.adjusted(:cart), 'Price set by the studio: Costume × 2 -8000',
    'the line stays, the difference stands beside it, named after it'
);
select is(tests.amount(tests.quote(:cart), 'costume_senior'), 13000::bigint, 'as the rules make it');
select is(tests.total(:cart), 167804::bigint, '80 less in all');
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select pg_temp.set(:staff, :one, 'fee', 'costume_senior', 15000) as second \gset
select is(
    pg_temp.adjusted(:cart), 'Price set by the studio: Costume × 2 2000',
    'it may be more; another one supersedes the first'
);
select is(tests.replayed(:quote), tests.kept(:quote), 'a quote of before replays');
select is(
    pg_temp.set(:staff, :one, 'fee', 'costume_senior', 13000) is not null
    and pg_temp.adjusted(:cart) is null, true, 'what the line costs anyway makes no difference'
);
select is(
    pg_temp.set(:staff, :one, 'fee', 'costume_senior', null), null, 'no amount withdraws it'
);
select is(tests.total(:cart), 175804::bigint, 'and the usual price counts again');

-- Tuition, add-on and the family's plan fee; a line that is not there has none.
select pg_temp.set(:staff, :one, 'tuition', 'senior', 100000) as t \gset
select pg_temp.set(:staff, :one, 'add_on', 'early', 0) as a \gset
select pg_temp.set(:staff, null, 'plan_fee', 'monthly', 0, :family) as p \gset
select is(
    pg_temp.adjusted(:cart, 'monthly'),
    'Price set by the studio: Tuition, Senior, 2 days a week -55304, '
    || 'Price set by the studio: Early, Line Mon -2000, '
    || 'Price set by the studio: Auto-pay monthly, fee for 5 payments -2500',
    'each line by its kind and code'
);
select is(
    pg_temp.adjusted(:cart),
    'Price set by the studio: Tuition, Senior, 2 days a week -55304, '
    || 'Price set by the studio: Early, Line Mon -2000',
    'a line that is not there has no difference'
);
select tests.cart(tests.student(:family, 'Two'), :monday) as cart \gset
select is(
    (
        select count(*) from tests.lines(tests.quote(:cart)) as l
        where l.kind = 'adjustment' and l.student_id is distinct from :one
    ),
    0::bigint, 'another student''s lines are as ever'
);
select tests.family() as other \gset
select tests.cart(tests.student(:other), :monday) as other_cart \gset
select is(pg_temp.adjusted(:other_cart, 'monthly'), null, 'and another family''s');
select is(
    (
        select count(*) from ops.audit_log as l
        where l.entity = 'pricing.line_overrides' and l.account_id = :staff
    ),
    9::bigint, 'each one and each end of one is in the audit log'
);
-- Set for one checkout: paid, what comes later is priced by the rules.
select tests.section('Line Wed', '{3}') as wednesday \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:one, :wednesday) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)), 'senior 71679, costume_senior 6500',
    'the third class costs 2,269.83 less 1,553.04, whatever the first two were let for'
);

-- Tiers and dates: all tiers of a code, all dates of all classes.
select is(
    pg_temp.refusal(:staff, :one, 'tier', 'all_day', 1), 'line_unknown', 'no class has such a tier'
);
select tests.section('Line camp', '{5}', p_mode => 'tiered') as camp \gset
select tests.section('Line dates', '{4}', p_mode => 'drop_in') as dates \gset
select tests.section('Line more dates', '{6}', p_mode => 'drop_in') as more \gset
select
    tests.tier_price(:camp, 'all_day', 30000), tests.date_price(:dates, 2500),
    tests.date_price(:more, 1000) \g /dev/null
select is(
    pg_temp.refusal(:staff, :one, 'drop_in', 'all_day', 1), 'line_unknown', 'no such code'
);
select is(
    pg_temp.refusal(:staff, null, 'tier', 'all_day', 1, :family), 'line_unknown',
    'a tier of the family'
);
select tests.family() as third \gset
select tests.student(:third, 'Three') as three \gset
select tests.cart(:three, :camp, :dates, :more) as cart \gset
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select tests.kept(:quote) as kept \gset
select pg_temp.set(:staff, :three, 'tier', 'all_day', 20000) as tier \gset
select pg_temp.set(:staff, :three, 'drop_in', 'drop_in', 4000) as dropped \gset
select is(
    regexp_replace(pg_temp.adjusted(:cart), '[A-Z][a-z]{2} \d+', 'day', 'g'),
    'Price set by the studio: Line camp, All day -10000, '
    || 'Price set by the studio: Line dates, 1 date: day, Line more dates, 1 date: day 500',
    'the tier costs 200.00, the two dates 40.00 together'
);
-- 200 + 40 and the registration fee, 40
select is(tests.total(:cart), 28000::bigint, 'in all');
select is(tests.replayed(:quote), :'kept'::jsonb, 'a quote of before replays');
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select is(tests.replayed(:quote), tests.kept(:quote), 'and one of after');

-- What staff read of it: who, what, why, until when.
select is(
    tests.as_staff(
        :staff,
        '(select jsonb_agg(to_jsonb(o) - array[''id'', ''valid_from''] order by o.id)
        from api.line_overrides as o)',
        :third
    ),
    (
        select
            jsonb_agg(
                jsonb_build_object(
                    'family_id', :third, 'term_id', :term, 'student_id', :three, 'kind', w.kind,
                    'code', w.code, 'label', w.label, 'amount_minor', w.amount_minor,
                    'reason', 'why', 'set_by', :staff, 'superseded_at', null
                )
                order by w.kind desc
            )
        from (
            values
            ('tier', 'all_day', 'All day', 20000), ('drop_in', 'drop_in', 'Classes by date', 4000)
        ) as w (kind, code, label, amount_minor)
    ),
    'the lines of one family'
);
select is(
    tests.as_staff(
        :staff,
        '(select string_agg(concat_ws('' '', o.kind, o.label, o.superseded_at is not null), '', ''
        order by o.id) from api.line_overrides as o)',
        :family
    ) #>> '{}',
    'fee Costume t, fee Costume t, fee Costume t, tuition Senior f, add_on Early f, '
    || 'plan_fee Auto-pay monthly f',
    'those that were superseded too, by the names of what they are of'
);
select * from finish();
rollback;
