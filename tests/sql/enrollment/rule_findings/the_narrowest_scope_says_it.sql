begin;
set local search_path = tap, public;
select plan(8);
select tests.section('Asks', '{1}') as section, tests.section('Asks not', '{2}') as other \gset
select tests.student(tests.family()) as student \gset
create function pg_temp.say(p_student bigint, p_section bigint) returns text language sql as $$
    select tests.rules_say(p_student, array[p_section])
$$;
select tests.require(:section, '{"kind": "teacher_approval"}', 'studio') as studio_rule \gset
select is(pg_temp.say(:student, :section), 'approval_required', 'the studio asks it of all classes');
select is(pg_temp.say(:student, :other), 'approval_required', 'of the other, too');
select is(
    pg_temp.say(
        tests.student(tests.family('Elm', 'elmst')),
        tests.section('Elsewhere', p_level => 'open', p_studio => 'elmst')
    ), '', 'another studio does not'
);
select tests.require(:section, '{"kind": "teacher_approval", "enforcement": "off"}') as r \gset
select is(pg_temp.say(:student, :section), '', 'off for a class switches it off there');
select is(pg_temp.say(:student, :other), 'approval_required', 'and only there');
select tests.require(:other, '{"kind": "teacher_approval", "enforcement": "off"}', 'term') as r \gset
select is(pg_temp.say(:student, :other), '', 'off for the term switches the studio''s off');
select tests.require(:section, '{"kind": "audition"}') as r \gset
select is(pg_temp.say(:student, :section), 'audition_required', 'another kind goes by itself');
-- One that does not hold yet hides nothing.
select tests.section('Later', '{3}') as later \gset
select tests.require(:later, '{"kind": "audition"}', 'term') as r \gset
select tests.require(
    :later, '{"kind": "audition", "enforcement": "off", "valid_from": "9999-01-01"}'
) as r \gset
select is(
    pg_temp.say(:student, :later), 'audition_required', 'what does not hold yet hides nothing'
);
select * from finish();
rollback;
