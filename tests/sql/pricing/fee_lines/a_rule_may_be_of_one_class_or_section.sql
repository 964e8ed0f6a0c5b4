begin;
set local search_path = tap, public;
select plan(10);
select tests.section('Scoped', '{1}') as monday \gset
select tests.section('Scoped', '{2}') as tuesday \gset
select tests.section('Other', '{3}') as other \gset
select s.class_id as class from catalog.sections as s where s.id = :monday \gset
-- A fee of 10.00 for each class, narrowed as the columns say.
create function pg_temp.fee(code text, columns jsonb) returns void language plpgsql as $$
begin
    perform tests.act_as_deploy();
    insert into pricing.fee_rules overriding user value
    select
        (
            jsonb_populate_record(
                null::pricing.fee_rules,
                jsonb_build_object(
                    'studio_id', auth.studio_id(), 'term_id', tests.term(), 'code', code,
                    'label', 'Props', 'unit', 'class', 'amount_minor', 1000, 'charged_modes',
                    '{standard}'::text [], 'position', 9, 'version', 1, 'once_per_term', true,
                    'discountable', true,
                    'proration', 'none', 'valid_from', now() - interval '1 hour'
                )
                || columns
            )
        ).*;
    perform tests.act_as_operator();
end;
$$;
select pg_temp.fee('of_class', jsonb_build_object('class_id', :class));
select pg_temp.fee('of_section', jsonb_build_object('section_id', :tuesday));
create function pg_temp.fees(cart bigint) returns text language sql as $$
    select string_agg(l.code || ' ' || l.amount_minor, ', ' order by l.code)
    from tests.lines(tests.quote(cart)) as l
    where l.label like 'Props%'
$$;
select is(
    pg_temp.fees(tests.cart(tests.student(tests.family()), :monday)), 'of_class 1000',
    'one section of the class'
);
select is(
    pg_temp.fees(tests.cart(tests.student(tests.family()), :tuesday)),
    'of_class 1000, of_section 1000', 'the other one has a fee of its own beside it'
);
select is(
    pg_temp.fees(tests.cart(tests.student(tests.family()), :monday, :tuesday)),
    'of_class 1000, of_section 1000', 'both are one class'
);
select is(
    pg_temp.fees(tests.cart(tests.student(tests.family()), :other)), null, 'another class has none'
);
select is(
    tests.error(
        format(
            'select pg_temp.fee(''two'', %L)',
            jsonb_build_object('class_id', :class, 'section_id', :monday)
        )
    ) ->> 'details', 'fee_rules_one_scope', 'a class and a section at once'
);
select is(
    tests.error(
        format(
            'select pg_temp.fee(''two'', %L)',
            (
                select jsonb_build_object(
                    'class_id', k.id, 'division_id', k.division_id, 'division_of', 'class'
                ) from catalog.classes as k where k.id = :class
            )
        )
    ) ->> 'details', 'fee_rules_one_scope', 'a class and a division at once'
);
select tests.section('Elsewhere', p_level => 'open', p_studio => 'elmst') as foreign_section \gset
select is(
    tests.error(
        format(
            'select pg_temp.fee(''foreign'', %L)',
            jsonb_build_object('section_id', :foreign_section)
        )
    ) ->> 'details', 'fee_rules_section_fkey', 'a section of another studio'
);
select is(
    tests.error(
        format(
            'select pg_temp.fee(''foreign'', %L)',
            (
                select jsonb_build_object('class_id', s.class_id)
                from catalog.sections as s where s.id = :foreign_section
            )
        )
    ) ->> 'details', 'fee_rules_class_fkey', 'a class of another studio'
);
select is(
    tests.error(
        format('select pg_temp.fee(''half'', %L)', jsonb_build_object('proration', 'weeks'))
    ) ->> 'details', 'fee_rules_proration_known', 'an unknown way to prorate'
);
select is(
    tests.error(
        'select pg_temp.fee(''cents'', ''{"amount_minor": 20.125}'')'
    ) ->> 'code', '22P02', 'an amount with a part of a cent'
);
select * from finish();
rollback;
