begin;
set local search_path = tap, public;
select plan(11);
select tests.worker() as staff \gset
select tests.section('Override standard', '{1}') as standard \gset
select tests.section('Override other day', '{2}') as other \gset
select tests.section('Override program', '{3}', 'technique') as program \gset
select tests.section('Override camp', '{4}', p_mode => 'tiered') as tiered \gset
select tests.section('Override drop-in', '{5}', p_mode => 'drop_in') as drop_in \gset
select tests.student(tests.family()) as student \gset

select tests.cart(:student, :standard, :other) as cart \gset
select tests.override(:staff, :student, :standard, 10000) as override \gset
select is(
    tests.lines_text(tests.quote(:cart)),
    'override 10000, senior 79643, costume_senior 13000, video 1500, registration 4000',
    'it replaces the tuition of its class, which no longer counts for the step; fees stay'
);
select is(
    (select l.rule from tests.lines(tests.quote(:cart)) as l where l.kind = 'override'),
    jsonb_build_object('table', 'pricing.overrides', 'id', :override, 'version', 1),
    'the line names the override'
);
select tests.override(:staff, :student, :standard, 0) as override \gset
select is(
    tests.amount(tests.quote(:cart), 'override'), 0::bigint,
    'a second one supersedes the first; 0 is a price, by a line that says so'
);
select tests.student(tests.family()) as other_student \gset
select tests.cart(:other_student, :standard) as other_cart \gset
select is(
    tests.amount(tests.quote(:other_cart), 'senior'), 79643::bigint,
    'it is one student''s, nobody else''s'
);

select tests.student(tests.family()) as student \gset
select tests.cart(:student, :program) as cart \gset
select tests.override(:staff, :student, :program, 30000) as override \gset
select is(tests.lines_text(tests.quote(:cart)), 'override 30000', 'it wins over a program');
select tests.section('Override program', '{5}', 'technique') as program_again \gset
select tests.cart(:student, :program_again) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)), 'override 30000',
    'for all its classes: a program is paid once'
);
select tests.confirmed(:cart) as registration \gset
select tests.section('Override program', '{6}', 'technique') as program_later \gset
select tests.cart(:student, :program_later, :standard) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)),
    'senior 79643, costume_senior 6500, video 1500, registration 4000',
    'also for a class of it that comes later'
);
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :tiered) as cart \gset
select tests.override(:staff, :student, :tiered, 20000) as override \gset
select is(
    tests.lines_text(tests.quote(:cart)), 'override 20000, registration 4000',
    'over tiers; a camp pays registration'
);
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :drop_in) as cart \gset
select tests.override(:staff, :student, :drop_in, 2500) as override \gset
select is(
    tests.lines_text(tests.quote(:cart)), 'override 2500',
    'over the price of dates; drop-in pays no registration'
);

-- Once paid, an overridden class is neither charged nor counted again.
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :standard) as cart \gset
select tests.override(:staff, :student, :standard, 10000) as override \gset
select tests.confirmed(:cart) as registration \gset
select tests.cart(:student, :other) as cart \gset
select is(
    tests.lines_text(tests.quote(:cart)), 'senior 79643, costume_senior 6500',
    'paid, it is not charged again and does not count for the step'
);
-- A total of 0 is confirmed by its lines, not by their absence.
select tests.student(tests.family()) as student \gset
select tests.cart(:student, :program) as cart \gset
select tests.override(:staff, :student, :program, 0) as override \gset
select is(tests.checkout(:cart) ->> 'status', 'confirmed', 'a price of 0 is confirmed at once');
select * from finish();
rollback;
