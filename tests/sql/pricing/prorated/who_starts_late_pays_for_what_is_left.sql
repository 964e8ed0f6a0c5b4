-- The demo's term has 21 weeks, from a Monday to a Saturday: 146 days.
begin;
set local search_path = tap, public;
select plan(34);
select t.starts_on from catalog.terms as t where t.id = tests.term() \gset
select tests.section('Late Mon', '{1}') as monday \gset
select tests.section('Late Tue', '{2}') as tuesday \gset
select tests.section('Late technique', '{3}', 'technique') as program \gset
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :monday) as cart \gset
select tests.cart(tests.student(tests.family()), :monday, :tuesday) as two \gset
select tests.cart(tests.student(tests.family()), :program) as program_cart \gset

-- A quote as of so many days and hours after the first of the term, on the studio's wall.
create function pg_temp.quote_at(cart bigint, days integer, hours interval default '0')
returns jsonb language sql as $$
    select tests.value(
        format(
            'pricing.quote_document(%s)',
            tests.value(
                format(
                    'pricing.store_quote(%s, null, pricing.plan_of(%s, null, null, %L), %L)',
                    cart, tests.term(), a.at, a.at
                )
            )
        )
    )
    from (
        select (t.starts_on + days + hours) at time zone 'America/New_York' as at
        from catalog.terms as t where t.id = tests.term()
    ) as a
$$;
create function pg_temp.tuition(quote jsonb) returns text language sql as $$
    select l.amount_minor || ' ' || l.label from tests.lines(quote) as l where l.kind = 'tuition'
$$;
create function pg_temp.set_to(p_proration text) returns void language sql as $$
    select tests.run(
        format(
            'update studio.settings set tuition_proration = %L
            where studio_id = auth.studio_id() and term_id is null', p_proration
        )
    )
$$;
select is(
    pg_temp.tuition(pg_temp.quote_at(:cart, 28)), '79643 Tuition, Senior, 1 day a week',
    'where nothing is prorated, who comes late pays all'
);
select is(
    (
        select jsonb_agg(i.value -> 'meetings') from pricing.quotes as q,
        jsonb_array_elements(q.inputs -> 'items') as i where q.cart_id = :cart
    ), '[null]', 'and no meeting is counted'
);

-- By meetings: four of 21 Mondays are over.
select pg_temp.set_to('meetings');
select is(
    pg_temp.tuition(tests.quote(:cart)), '79643 Tuition, Senior, 1 day a week',
    'before the term all is left'
);
select pg_temp.quote_at(:cart, 28) as late \gset
select is(
    pg_temp.tuition(:'late'), '64473 Tuition, Senior, 1 day a week, 17 of 21 classes left',
    '796.43 × 17 / 21'
);
select is(
    (
        select jsonb_build_array(
            l.basis -> 'step_minor', l.basis -> 'meetings', l.basis -> 'meetings_left'
        ) from tests.lines(:'late') as l where l.kind = 'tuition'
    ), '[79643, 21, 17]', 'the line says from what'
);
select is(
    pg_temp.tuition(pg_temp.quote_at(:cart, 28, '10:00')),
    '64473 Tuition, Senior, 1 day a week, 17 of 21 classes left',
    'a class that begins now is one that is left'
);
select is(
    pg_temp.tuition(pg_temp.quote_at(:cart, 28, '10:00:01')),
    '60680 Tuition, Senior, 1 day a week, 16 of 21 classes left', 'a second later it is not'
);
select is(
    pg_temp.tuition(pg_temp.quote_at(:cart, 145)),
    '0 Tuition, Senior, 1 day a week, 0 of 21 classes left', 'in the end nothing is left'
);
select pg_temp.quote_at(:two, 29) as late \gset
select is(
    pg_temp.tuition(:'late'),
    '122119 Tuition, Senior, 2 days a week, 33 of 42 classes left',
    'Tuesday of the fifth week: 1,553.04 × 16 / 21 for both, 796.43 × 1 / 21 for Tuesday alone'
);
select is(
    (select l.basis -> 'steps' from tests.lines(:'late') as l where l.kind = 'tuition'),
    '[
        {"due_minor": 155304, "left": 16, "of": 21},
        {"due_minor": 79643, "left": 1, "of": 21}
    ]', 'the line says from what'
);
select is(
    tests.what_if(
        format(
            'update catalog.meetings set status = ''cancelled'' where section_id = %s
            and held_on = %L', :monday, :'starts_on'::date + 35
        ),
        format('pg_temp.tuition(pg_temp.quote_at(%s, 28))', :cart)
    ) #>> '{}',
    '63714 Tuition, Senior, 1 day a week, 16 of 20 classes left',
    'a meeting that is cancelled is neither left nor missed'
);

-- A class that meets on two days, and has but two of its 42 meetings left when it is added.
select tests.section('Nearly over', '{4,5}') as nearly_over \gset
select tests.cart(tests.student(tests.family()), :monday, :nearly_over) as with_little_left \gset
select tests.run(
    format(
        'update catalog.meetings set status = ''cancelled'' where section_id = %s
        and held_on >= %L', :nearly_over, :'starts_on'::date + 35
    )
);
select is(
    pg_temp.tuition(pg_temp.quote_at(:cart, 28)),
    '64473 Tuition, Senior, 1 day a week, 17 of 21 classes left', 'one class alone'
);
select is(
    pg_temp.tuition(pg_temp.quote_at(:with_little_left, 28)),
    '93941 Tuition, Senior, 3 days a week, 19 of 31 classes left',
    '2,269.83 × 2 / 10 for all three days, 796.43 × (17 / 21 - 2 / 10) for Monday alone'
);
-- What a fee is then, where its rule is another one.
create function pg_temp.fee_if(cart bigint, code text, changes text) returns jsonb
language sql as $$
    select tests.what_if(
        format(
            'select tests.supersede(''fee_rules'', %L, %L)', format('code = %L', code), changes
        ),
        format('tests.amount(pg_temp.quote_at(%s, 28), %L)', cart, code)
    )
$$;
select is(
    pg_temp.fee_if(:with_little_left, 'costume_senior', '{"proration": "meetings"}'), '6562',
    'two costumes: 65.00 × (17 / 21 + 2 / 10)'
);
select is(
    pg_temp.fee_if(
        :with_little_left, 'costume_senior', '{"proration": "meetings", "unit": "weekly_meeting"}'
    ), '7862', 'by weekly meeting: 65.00 × (17 / 21 + 2 × 2 / 10)'
);
select is(
    pg_temp.fee_if(:with_little_left, 'video', '{"proration": "meetings"}'), '1214',
    'one video, for as long as Monday lasts: 15.00 × 17 / 21'
);
select pg_temp.quote_at(:with_little_left, 28) ->> 'quote_id' as quote \gset
select is(tests.replayed(:quote), tests.kept(:quote), 'it replays');

-- By days.
select pg_temp.set_to('days');
select is(
    pg_temp.tuition(pg_temp.quote_at(:cart, 28)),
    '64369 Tuition, Senior, 1 day a week, 118 of 146 days left', '796.43 × 118 / 146'
);
select is(
    pg_temp.tuition(pg_temp.quote_at(:cart, 28, '23:59')),
    '64369 Tuition, Senior, 1 day a week, 118 of 146 days left', 'the day of the order counts, all of it'
);
select is(
    pg_temp.tuition(pg_temp.quote_at(:cart, 29)),
    '63824 Tuition, Senior, 1 day a week, 117 of 146 days left', 'midnight at the studio is the next'
);
select is(
    pg_temp.tuition(pg_temp.quote_at(:cart, 145)),
    '546 Tuition, Senior, 1 day a week, 1 of 146 days left', 'the last day is one day'
);
select is(
    pg_temp.tuition(pg_temp.quote_at(:cart, 146)),
    '0 Tuition, Senior, 1 day a week, 0 of 146 days left', 'after it there is none'
);

-- A set price is not prorated, nor is a fee whose rule does not say so.
select is(
    pg_temp.quote_at(:program_cart, 28) -> 'total_minor', '71678', 'a program is its set price'
);
select is(
    tests.amount(pg_temp.quote_at(:cart, 28), 'costume_senior'), 6500::bigint,
    'a costume is needed whole'
);
select pg_temp.set_to('none');

-- Fees by their own rule.
select tests.supersede('fee_rules', 'code = ''costume_senior''', '{"proration": "meetings"}');
select is(
    (
        select l.amount_minor || ' ' || l.label from tests.lines(pg_temp.quote_at(:cart, 28)) as l
        where l.code = 'costume_senior'
    ), '5262 Costume, 17 of 21 classes left', '65.00 × 17 / 21'
);
select is(
    (
        select l.amount_minor || ' ' || l.label from tests.lines(pg_temp.quote_at(:two, 29)) as l
        where l.code = 'costume_senior'
    ), '10214 Costume × 2, 33 of 42 classes left', 'two costumes: 130.00 × 33 / 42'
);
select is(
    pg_temp.tuition(pg_temp.quote_at(:cart, 28)), '79643 Tuition, Senior, 1 day a week',
    'tuition stays whole'
);
select tests.supersede(
    'fee_rules', 'code = ''video''', '{"proration": "days"}'
);
select is(
    (
        select l.amount_minor || ' ' || l.label from tests.lines(pg_temp.quote_at(:cart, 28)) as l
        where l.code = 'video'
    ), '1212 Recital video, 118 of 146 days left', '15.00 × 118 / 146, beside it'
);

-- Only the difference is due, and of it what is left of the classes that come new.
select tests.confirmed(:cart) as registration \gset
select tests.cart(:student, :tuesday) as cart \gset
select pg_temp.set_to('meetings');
select is(
    pg_temp.tuition(pg_temp.quote_at(:cart, 29)),
    '61249 Tuition, Senior, 2 days a week, less 1 paid before, 17 of 21 classes left',
    '(1,553.04 - 796.43) × 17 / 21'
);

-- A term of its own mind.
select tests.run(
    format(
        'insert into studio.settings (studio_id, term_id, tuition_proration)
        values (auth.studio_id(), %s, ''none'')', tests.term()
    )
);
select is(
    pg_temp.tuition(pg_temp.quote_at(:cart, 29)),
    '75661 Tuition, Senior, 2 days a week, less 1 paid before', 'the term''s setting goes first'
);
select tests.run('delete from studio.settings where term_id is not null');

-- A quote keeps what was left when it was made.
select pg_temp.quote_at(:cart, 29) ->> 'quote_id' as quote \gset
select tests.kept(:quote) as kept \gset
select is(tests.replayed(:quote), :'kept'::jsonb, 'it replays');
select is(
    tests.what_if(
        'update studio.settings set tuition_proration = ''days'' where studio_id = auth.studio_id()',
        format('tests.replayed(%s)', :quote)
    ), :'kept'::jsonb, 'also when the setting has changed'
);
select is(
    tests.what_if(
        format('update catalog.meetings set status = ''cancelled'' where section_id = %s', :tuesday),
        format('tests.replayed(%s)', :quote)
    ), :'kept'::jsonb, 'or the meetings'
);
select is(pricing.prorated(100, 1, 0), 100::bigint, 'of nothing nothing can be missed');
select * from finish();
rollback;
