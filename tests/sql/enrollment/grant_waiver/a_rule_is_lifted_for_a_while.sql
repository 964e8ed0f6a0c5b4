begin;
set local search_path = tap, public;
select plan(33);
select tests.worker() as staff, tests.family() as family \gset
select tests.student(:family) as student, tests.student(:family, 'Twin') as twin \gset
select tests.section('Asks', '{1}') as section, tests.section('Asks', '{3}') as sister \gset
select tests.section('Strict', '{2}') as strict \gset
select s.class_id as class from catalog.sections as s where s.id = :section \gset
select s.class_id as strict_class from catalog.sections as s where s.id = :strict \gset
select tests.require(:section, '{"kind": "audition"}') as rule \gset
select tests.require(:strict, '{"kind": "audition", "is_waivable": false}') as strict_rule \gset
create function pg_temp.grant(p_staff bigint, p_arguments text) returns text language sql as $$
    select tests.as_staff(p_staff, 'api.grant_waiver(' || p_arguments || ')')::text
$$;
select is(
    tests.error_code(format('select pg_temp.grant(%s, %L)', :staff, r.arguments)), r.code,
    r.arguments
)
from (
    values
    (format('%s, ''audition'', null, class_id => %s', :student, :class), 'waiver_reason_required'),
    (format('%s, ''audition'', ''  '', class_id => %s', :student, :class),
    'waiver_reason_required'),
    (format('%s, ''audition'', repeat(''x'', 501), class_id => %s', :student, :class),
    'waiver_reason_required'),
    (format('%s, ''luck'', ''why'', class_id => %s', :student, :class), 'waiver_kind_unknown'),
    (format('%s, null, ''why'', class_id => %s', :student, :class), 'waiver_kind_unknown'),
    (format('0, ''audition'', ''why'', class_id => %s', :class), 'student_not_found'),
    (format('%s, ''audition'', ''why''', :student), 'waiver_scope_invalid'),
    (format('%s, ''audition'', ''why'', class_id => %s, section_id => %s', :student, :class,
    :section), 'waiver_scope_invalid'),
    (format('%s, ''audition'', ''why'', section_id => %s, other_section_id => %s', :student,
    :section, :sister), 'waiver_scope_invalid'),
    (format('%s, ''schedule_conflict'', ''why'', section_id => %s', :student, :section),
    'waiver_scope_invalid'),
    (format('%s, ''schedule_conflict'', ''why'', section_id => %s, other_section_id => %2$s',
    :student, :section), 'waiver_scope_invalid'),
    (format('%s, ''schedule_conflict'', ''why'', class_id => %s', :student, :class),
    'waiver_scope_invalid'),
    (format('%s, ''audition'', ''why'', class_id => 0', :student), 'class_not_found'),
    (format('%s, ''audition'', ''why'', section_id => 0', :student), 'section_not_found'),
    (format('%s, ''schedule_conflict'', ''why'', section_id => %s, other_section_id => 0',
    :student, :section), 'section_not_found'),
    (format('%s, ''audition'', ''why'', class_id => %s', :student, :strict_class),
    'waiver_not_allowed'),
    (format('%s, ''audition'', ''why'', class_id => %s, expires_on => ''2001-01-01''', :student,
    :class), 'waiver_expired')
) as r (arguments, code);
select is((select count(*) from enrollment.waivers), 0::bigint, 'nothing is written by them');

select is(tests.rules_say(:student, array[:section]), 'audition_required', 'before');
-- Until the end of a day at the studio.
select pg_temp.grant(
    :staff, format(
        '%s, ''audition'', ''she is  ready'', class_id => %s, expires_on => ''2030-03-09''',
        :student, :class
    )
) as waiver \gset
select is(tests.rules_say(:student, array[:section]), '', 'it is lifted');
select is(tests.rules_say(:student, array[:sister]), '', 'for each section of the class');
select is(tests.rules_say(:twin, array[:section]), 'audition_required', 'for nobody else');
select is(
    tests.rules_say(:student, array[:section], timestamptz '2030-03-09 23:30 America/New_York'), '',
    'half past eleven on its last day'
);
select is(
    tests.rules_say(:student, array[:section], timestamptz '2030-03-10 00:00 America/New_York'),
    'audition_required', 'and not a minute later'
);
select is(
    tests.as_family(:family, '(select to_jsonb(w) - ''{id,family_id,student_id,granted_at,granted_by}''::text[] from api.waivers as w)'),
    jsonb_build_object(
        'kind', 'audition', 'class_id', :class::bigint, 'section_ids', '[]'::jsonb,
        'reason', 'she is ready', 'expires_at', '2030-03-10T05:00:00+00:00',
        'withdrawn_at', null, 'withdrawal_reason', null
    ), 'the family sees it'
);
-- Kept with the checkout that went by it.
select tests.held(tests.cart(:student, :section)) as registration \gset
select is(
    (select (f.code, f.enforcement, f.waiver_id)::text from enrollment.findings as f
    where f.registration_id = :registration),
    format('(audition_required,hard_block,%s)', :waiver), 'what it lifted is kept'
);
-- A rule that can no longer be waived.
select is(
    tests.rules_would_say(
        format('select tests.require(%s, ''{"kind": "audition", "is_waivable": false}'')', :section),
        :student, array[:section]
    ), 'audition_required', 'a rule that can not be waived is not, also by an older waiver'
);
select is(
    tests.error_code(format('select tests.as_staff(%s, %L)', :staff, r.call)), r.code, r.call
)
from (
    values
    (format('api.withdraw_waiver(%s, '' '')', :waiver), 'waiver_reason_required'),
    ('api.withdraw_waiver(0, ''why'')', 'waiver_not_found')
) as r (call, code);
select tests.as_staff(:staff, format('api.withdraw_waiver(%s, ''a mistake'')', :waiver)) as n \gset
select is(tests.rules_say(:student, array[:section]), 'audition_required', 'withdrawn is over');
select is(
    tests.error_code(format('select tests.as_staff(%s, ''api.withdraw_waiver(%s, ''''x'''')'')',
        :staff, :waiver)), 'waiver_closed', 'once'
);
-- One section of the class alone.
select pg_temp.grant(:staff, format('%s, ''audition'', ''why'', section_id => %s', :twin, :sister)) as n \gset
select is(tests.rules_say(:twin, array[:sister]), '', 'one section is lifted');
select is(tests.rules_say(:twin, array[:section]), 'audition_required', 'the other is not');
select * from finish();
rollback;
