-- The term's registration fee is 40.00, and the term asks nothing of programs.
begin;
set local search_path = tap, public;
select plan(19);
select tests.section('Own fee Mon', '{1}') as standard \gset
select tests.section('Own fee Tue', '{2}') as tuesday \gset
select tests.section('Own technique', '{3}', 'technique') as technique \gset
select tests.section('Own technique again', '{4}', 'technique') as again \gset
select tests.section('Own pointe', '{5}', 'pointe') as pointe \gset
create function pg_temp.of_program(p_code text) returns text language sql as $$
    select format('program_id = (
        select g.id from catalog.programs as g where g.studio_id = r.studio_id and g.code = %L
    )', p_code)
$$;
create function pg_temp.fee(cart bigint) returns bigint language sql as $$
    select tests.amount(tests.quote(cart), 'registration')
$$;
-- The fee, if two programs asked so much; more: another change.
create function pg_temp.fee_if(technique bigint, pointe bigint, cart bigint, more text default '')
returns bigint language sql as $$
    select nullif(
        tests.what_if(
            string_agg(
                format(
                    'select tests.supersede(''program_prices'', %L, %L);',
                    pg_temp.of_program(a.code),
                    jsonb_build_object('registration_fee_minor', a.amount_minor)
                ), ''
            ) || more,
            format('pg_temp.fee(%s)', cart)
        ), 'null'
    )::bigint
    from (values ('technique', technique), ('pointe', pointe)) as a (code, amount_minor)
$$;
select tests.cart(tests.student(tests.family()), :technique) as one_program \gset
select tests.cart(tests.student(tests.family()), :technique, :pointe) as two_programs \gset
select tests.cart(tests.student(tests.family()), :technique, :again) as twice_one \gset
select tests.cart(tests.student(tests.family()), :standard, :technique) as mixed \gset

select is(pg_temp.fee(:one_program), null, 'inherited: the term asks nothing of programs');
select is(pg_temp.fee(:mixed), 4000::bigint, 'beside a standard class the term''s is asked');
select is(pg_temp.fee_if(0, null, :one_program), null, '0: nothing');
select is(pg_temp.fee_if(0, null, :mixed), 4000::bigint, 'which spares no standard class');
select is(pg_temp.fee_if(2500, null, :one_program), 2500::bigint, 'an amount of its own');
select is(pg_temp.fee_if(2500, null, :twice_one), 2500::bigint, 'once, for two classes of it');
select is(pg_temp.fee_if(2500, 3000, :two_programs), 3000::bigint, 'of two the highest');
select is(pg_temp.fee_if(2500, 0, :two_programs), 2500::bigint, 'whatever the other leaves out');
select is(pg_temp.fee_if(2500, null, :mixed), 4000::bigint, 'less than the term''s');
select is(pg_temp.fee_if(5500, null, :mixed), 5500::bigint, 'more than the term''s');
create function pg_temp.of_all() returns text language sql as $$
    select 'select tests.supersede(''fee_rules'', ''code = ''''registration'''''',
    ''{"charged_modes": ["standard", "program"]}'')'
$$;
select is(
    pg_temp.fee_if(null, null, :one_program, pg_temp.of_all()), 4000::bigint,
    'inherited: the term''s, where it asks programs'
);
select is(
    pg_temp.fee_if(0, null, :one_program, pg_temp.of_all()), null, '0: nothing also then'
);
select is(
    pg_temp.fee_if(2500, null, :one_program, pg_temp.of_all()), 2500::bigint,
    'and its own amount instead'
);

-- A class that is exempt is asked nothing, whatever its program says.
select is(
    pg_temp.fee_if(
        2500, null, :one_program,
        format(
            'select tests.run(%L)',
            format(
                'insert into pricing.fee_exemptions (studio_id, term_id, fee_code, class_id)
                select s.studio_id, s.term_id, ''registration'', s.class_id
                from catalog.sections as s where s.id = %s', :technique
            )
        )
    ), null, 'an exemption goes before the program''s amount'
);

-- Once a term, and never more than the highest.
select tests.supersede(
    'program_prices', pg_temp.of_program('technique'), '{"registration_fee_minor": 2500}'
);
select tests.quote(:one_program) as quote \gset
select is(
    (
        select jsonb_build_array(
            l.basis -> 'units', l.basis -> 'unit_minor',
            jsonb_path_query_array(l.basis, '$.program_prices[*].version')
        )
        from tests.lines(:'quote') as l where l.code = 'registration'
    ), '[1, 2500, [2]]', 'the line names the program''s price and its version'
);
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :technique) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:student, :standard) as cart \gset
select is(
    pg_temp.fee(:cart), 1500::bigint, 'who has paid 25.00 owes 15.00 when a standard class comes'
);
select tests.confirmed(:cart) as registration \gset
select tests.cart(:student, :tuesday) as cart \gset
select is(pg_temp.fee(:cart), null, 'and nothing more with another one');
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :standard) as cart \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:student, :technique) as cart \gset
select is(pg_temp.fee(:cart), null, 'who has paid 40.00 owes nothing for a program');
select is(
    tests.error(
        format(
            'select tests.run(%L)',
            'insert into pricing.program_prices (
                studio_id, term_id, program_id, amount_minor, registration_fee_minor, version
            )
            select p.studio_id, p.term_id, p.program_id, 1, -1, 9 from pricing.program_prices as p
            where p.studio_id = auth.studio_id() limit 1'
        )
    ) ->> 'details', 'program_prices_registration_fee_not_negative', 'never less than nothing'
);
select * from finish();
rollback;
