-- Of a fee a discount for some sections takes the share of those that cause the fee.
begin;
set local search_path = tap, public;
select plan(4);
select tests.section('Sharing Mon', '{1}') as monday \gset
select tests.section('Sharing Tue', '{2}') as tuesday \gset
select tests.section('Sharing program', '{4}', 'technique') as program \gset
select s.class_id as class from catalog.sections as s where s.id = :tuesday \gset
create function pg_temp.bases(cart bigint) returns text language sql as $$
    select string_agg(l.code || ' ' || (l.basis ->> 'base_minor'), ', ' order by l.code)
    from tests.lines(tests.quote(cart)) as l where l.kind = 'discount'
$$;
-- No other fee is there to be reduced.
select tests.supersede('fee_rules', 'code <> ''registration''');
select tests.act_as_deploy();
insert into pricing.fee_rules (
    studio_id, term_id, code, label, unit, amount_minor, charged_modes, class_id, section_id,
    position, valid_from
)
values
(
    auth.studio_id(), tests.term(), 'of_class', 'Of the class', 'student', 1000, '{standard}',
    :class, null, 8, now() - interval '1 hour'
),
(
    auth.studio_id(), tests.term(), 'of_section', 'Of the section', 'student', 500, '{standard}',
    null, :tuesday, 9, now() - interval '1 hour'
);
select tests.act_as_operator();
select tests.cart(tests.student(tests.family()), :monday, :tuesday) as cart \gset
select tests.discount(
    '{"code": "of_monday", "reduces_tuition": false}', array[:monday]::bigint []
), tests.discount(
    '{"code": "of_tuesday", "reduces_tuition": false}', array[:tuesday]::bigint []
) \g /dev/null
select is(pg_temp.bases(:cart), 'of_tuesday 1500', 'fees of one class or section are its own');

-- A registration fee of 40.00, which a discount may reduce here, for a class and a program.
select tests.supersede('fee_rules', 'true');
select tests.act_as_deploy();
insert into pricing.fee_rules (
    studio_id, term_id, code, label, unit, amount_minor, charged_modes, position, version
)
values (
    auth.studio_id(), tests.term(), 'registration', 'Registration', 'student', 4000, '{standard}',
    1, 9
);
select tests.act_as_operator();
select tests.cart(tests.student(tests.family()), :monday, :program) as cart \gset
select tests.discount(
    '{"code": "of_program", "reduces_tuition": false}', array[:program]::bigint []
) \g /dev/null
select is(pg_temp.bases(:cart), 'of_monday 4000', 'a program asks nothing of it as a rule');
create function pg_temp.own_amount(
    p_version integer, p_amount_minor bigint, p_at timestamptz
)
returns void language plpgsql as $$
begin
    perform tests.supersede('program_prices', 'true', p_at => p_at);
    perform tests.act_as_deploy();
    insert into pricing.program_prices (
        studio_id, term_id, program_id, amount_minor, registration_fee_minor, version,
        valid_from
    )
    select auth.studio_id(), tests.term(), p.id, 71678, p_amount_minor, p_version, p_at
    from catalog.programs as p
    where p.code = 'technique';
    perform tests.act_as_operator();
end;
$$;
-- The second discount looks at what the first has left of the line.
select pg_temp.own_amount(8, 3000, now() - interval '2 ms');
select is(
    pg_temp.bases(:cart), 'of_monday 2000, of_program 1900',
    'one that asks its own amount has its share'
);
select pg_temp.own_amount(9, 0, now() - interval '1 ms');
select is(pg_temp.bases(:cart), 'of_monday 4000', 'one that asks nothing has none');
select * from finish();
rollback;
