-- A co-requisite is satisfied by what is confirmed in the term or in the same cart, a prerequisite by
-- what was confirmed in an earlier term.
begin;
set local search_path = tap, public;
select plan(24);
create function pg_temp.section(p_title text, p_weekday integer, p_discipline text) returns bigint
language plpgsql as $$
declare
    v_section_id constant bigint := tests.section(p_title, array[p_weekday]);
begin
    update catalog.classes as k set discipline = p_discipline
    from catalog.sections as s where s.id = v_section_id and k.id = s.class_id;
    return v_section_id;
end;
$$;
select
    pg_temp.section('Show', 1, 'show') as show,
    pg_temp.section('Ballet one', 2, 'ballet') as ballet_1,
    pg_temp.section('Ballet two', 3, 'ballet') as ballet_2,
    pg_temp.section('Tap one', 4, 'tap') as tap \gset
select tests.student(tests.family()) as student \gset
-- Two ballet, or one ballet and one tap.
select tests.require(
    :show, '{"kind": "corequisite", "options": [
        {"alternative": 1, "discipline": "ballet", "count": 2},
        {"alternative": 2, "discipline": "ballet", "count": 1},
        {"alternative": 2, "discipline": "tap", "count": 1}
    ]}'
) as rule \gset
select is(tests.rules_say(:student, array[:show] || r.beside), r.codes, r.what)
from (
    values
    (array[]::bigint [], 'corequisite_missing', 'nothing beside it'),
    (array[:ballet_1], 'corequisite_missing', 'one ballet'),
    (array[:tap], 'corequisite_missing', 'one tap'),
    (array[:ballet_1, :ballet_1], 'corequisite_missing', 'the same ballet twice'),
    (array[:ballet_1, :ballet_2], '', 'two ballet'),
    (array[:ballet_1, :tap], '', 'one ballet and one tap'),
    (array[:ballet_1, :ballet_2, :tap], '', 'all of it')
) as r (beside, codes, what);
-- What is missing, in words and for programs.
select tests.as_family(
    tests.family_of_cart(c.id), format('api.check_cart(%s)', c.id)
) -> 0 as finding from tests.cart(:student, :show, :ballet_1) as c (id) \gset
select is(
    :'finding'::jsonb ->> 'message',
    'Show can only be taken together with 2 ballet classes or one ballet class and one tap class.',
    'it says so'
);
select is(
    :'finding'::jsonb #> '{details,missing,alternatives,1,0,held}', '1', 'and how much is there'
);
select is(
    :'finding'::jsonb #>> '{details,fix,code}', 'add_class', 'and that a class more would do'
);
select ok(
    :'finding'::jsonb #> '{details,fix,alternatives,1,1,class_ids}'
    @> (select to_jsonb(s.class_id) from catalog.sections as s where s.id = :tap),
    'and which'
);
select isnt(:'finding'::jsonb -> 'cart_item_id', 'null', 'and of which item of the cart');
-- What is confirmed counts, and no longer when it is about to be given up.
select tests.student(tests.family('Confirmed')) as enrolled \gset
select tests.confirmed(tests.cart(:enrolled, :ballet_1, :tap)) as registration \gset
select is(tests.rules_say(:enrolled, array[:show]), '', 'what is confirmed counts');
select tests.act_as_deploy();
select is(
    enrollment.rule_findings(
        e.family_id, jsonb_build_array(
            jsonb_build_object('student_id', :enrolled::bigint, 'section_id', :show::bigint)
        ), now(), array[e.id]
    ) #>> '{0,code}',
    'corequisite_missing', 'but not what is given up'
)
from enrollment.enrollments as e where e.registration_id = :registration and e.section_id = :tap;
select tests.act_as_operator();
-- Who is only in the cart of somebody else has nothing.
select is(
    tests.rules_say(tests.student(tests.family('Stranger')), array[:show]),
    'corequisite_missing', 'of another student nothing counts'
);

-- Prerequisites: an earlier term, the columns of an option one by one.
select pg_temp.section('Next', 5, 'ballet') as next \gset
select tests.student(tests.family('Grown')) as grown \gset
select tests.confirmed(tests.cart(:grown, :ballet_1)) as earlier \gset
update catalog.classes as k set level = 3
from catalog.sections as s where s.id = :ballet_1 and k.id = s.class_id;
select is(
    tests.rules_would_say(
        format('select tests.require(%s, ''{"kind": "prerequisite", "options":
            [{"class": "Ballet one"}]}'')', :next), :grown, array[:next]
    ), 'prerequisite_missing', 'what is taken now is none'
);
-- The same, a year ago.
select tests.run(
    format(
        $$
        insert into catalog.terms (
            studio_id, name, starts_on, ends_on, registration_opens_at, registration_closes_at,
            status
        )
        select t.studio_id, 'Last year', t.starts_on - 364, t.ends_on - 364,
            t.registration_opens_at, t.registration_closes_at, 'published'
        from catalog.terms as t where t.id = tests.term();
        insert into catalog.classes (
            studio_id, term_id, title, discipline, price_mode, division_id, level
        )
        select k.studio_id, (select max(t.id) from catalog.terms as t where t.name = 'Last year'),
            k.title, k.discipline, k.price_mode, k.division_id, k.level
        from catalog.classes as k
        inner join catalog.sections as s on k.id = s.class_id
        where s.id = %1$s;
        insert into catalog.sections (
            studio_id, term_id, class_id, price_mode, location_id, name, starts_on, ends_on
        )
        select k.studio_id, k.term_id, k.id, k.price_mode, s.location_id, 'Old', s.starts_on - 364,
            s.ends_on - 364
        from catalog.classes as k
        inner join catalog.sections as s on s.id = %1$s
        where k.id = (select max(x.id) from catalog.classes as x);
        update enrollment.enrollments as e
        set section_id = (select max(s.id) from catalog.sections as s where s.name = 'Old')
        where false
        $$, :ballet_1
    )
);
alter table enrollment.enrollments disable trigger user;
insert into enrollment.enrollments (
    studio_id, family_id, registration_id, student_id, section_id, status, price_mode
)
select e.studio_id, e.family_id, e.registration_id, e.student_id, s.id, 'confirmed', s.price_mode
from enrollment.enrollments as e
cross join catalog.sections as s
where e.registration_id = :earlier and s.name = 'Old';
alter table enrollment.enrollments enable trigger user;
select is(
    tests.rules_would_say(
        format(
            'select tests.require(%s, %L)', :next,
            jsonb_build_object('kind', 'prerequisite', 'options', jsonb_build_array(r.option))
        ), :grown, array[:next]
    ), r.codes, r.option::text
)
from (
    values
    (jsonb '{"class": "Ballet one"}', ''),
    ('{"class": "Ballet two"}', 'prerequisite_missing'),
    ('{"discipline": "ballet"}', ''),
    ('{"discipline": "tap"}', 'prerequisite_missing'),
    ('{"discipline": "ballet", "level": 3}', ''),
    ('{"discipline": "ballet", "level": 4}', 'prerequisite_missing'),
    ('{"division": "senior"}', ''),
    ('{"class": "Ballet one", "count": 2}', 'prerequisite_missing')
) as r (option, codes);
select * from finish();
rollback;
