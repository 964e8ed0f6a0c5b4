begin;
set local search_path = tap, public;
select plan(43);
select tests.worker() as staff, tests.family() as family, tests.family('Stranger') as stranger \gset
select tests.student(:family) as student, tests.student(:stranger) as other_student \gset
select tests.section('Asks', '{1}') as section, tests.section('Free', '{2}') as free \gset
select s.class_id as class from catalog.sections as s where s.id = :section \gset
select s.class_id as free_class from catalog.sections as s where s.id = :free \gset
select tests.require(:section, '{"kind": "teacher_approval"}') as rule \gset
select is(
    tests.family_error_code(:family, format('api.request_approval(' || r.arguments || ')')), r.code,
    r.arguments
)
from (
    values
    (format('%s, %s', :other_student, :class), 'student_not_found'),
    (format('%s, 0', :student), 'class_not_found'),
    (format('%s, %s, ''prayer''', :student, :class), 'approval_kind_unknown'),
    (format('%s, %s, null', :student, :class), 'approval_kind_unknown'),
    (format('%s, %s, ''audition''', :student, :class), 'approval_not_asked'),
    (format('%s, %s', :student, :free_class), 'approval_not_asked'),
    (format('%s, %s, section_id => %s', :student, :class, :free), 'section_not_found'),
    (format('%s, %s, tier => ''all_day''', :student, :class), 'section_not_found'),
    (format('%s, %s, section_id => %s, tier => ''all_day''', :student, :class, :section),
    'tier_not_offered'),
    (format('%s, %s, weekdays => ''{1}''', :student, :class), 'section_not_found'),
    (format('%s, %s, section_id => %s, weekdays => ''{1}''', :student, :class, :section),
    'weekdays_not_offered')
) as r (arguments, code);
select is((select count(*) from enrollment.approvals), 0::bigint, 'nothing is written by them');
select is(tests.rules_say(:student, array[:section]), 'approval_required', 'before');
select tests.as_family(
    :family, format('api.request_approval(%s, %s, section_id => %s)', :student, :class, :section)
) as approval \gset
select is(
    tests.family_error_code(:family, format('api.request_approval(%s, %s)', :student, :class)),
    'approval_exists', 'one request at a time'
);
select is(
    tests.rules_say(:student, array[:section]), 'approval_required', 'asking is not being approved'
);
select is(
    tests.as_family(:family, '(select a.status from api.approvals as a)'), '"requested"',
    'the family sees it'
);
select is(
    tests.as_staff(:staff, format('(select count(*) from api.approvals as a where a.id = %s
        and a.status = ''requested'')', :approval)), '1', 'staff have it in their queue'
);
select is(
    tests.family_error_code(:stranger, format('api.withdraw_approval(%s)', :approval)),
    'approval_not_found', 'another family can not take it back'
);
select is(
    tests.error_code(format('select tests.as_staff(%s, %L)', :staff, r.call)), r.code, r.call
)
from (
    values
    ('api.decide_approval(0, true)', 'approval_not_found'),
    (format('api.decide_approval(%s, null)', :approval), 'decision_invalid'),
    (format('api.decide_approval(%s, false)', :approval), 'decision_invalid'),
    (format('api.decide_approval(%s, false, '' '')', :approval), 'decision_invalid'),
    (format('api.decide_approval(%s, true, repeat(''x'', 501))', :approval), 'decision_invalid'),
    (format('api.withdraw_approval(%s)', :approval), 'decision_invalid')
) as r (call, code);
select is(
    tests.family_error_code(:family, format('api.decide_approval(%s, true)', :approval)),
    '42501', 'families do not approve themselves'
);
select is(
    tests.registration_status(a.id), null, 'still only asked for'
)
from enrollment.approvals as a where a.id = :approval and a.status = 'requested';
select tests.as_staff(:staff, format('api.decide_approval(%s, true, ''strong'')', :approval)) as n \gset
select is(tests.rules_say(:student, array[:section]), '', 'approved is approved');
select is(
    (select e.payload from ops.domain_events as e
    where e.kind = 'approval.approved' and e.subject_id = :approval),
    jsonb_build_object(
        'student_id', :student::bigint, 'class_id', :class::bigint, 'kind', 'teacher_approval',
        'section_id', :section::bigint, 'tier_id', null, 'dates', null, 'weekdays', null
    ), 'and announced, with the seat that is wanted'
);
select is(
    tests.error_code(format('select tests.as_staff(%s, ''api.decide_approval(%s, false, ''''x'''')'')',
        :staff, :approval)), 'approval_closed', 'once'
);
select is(
    tests.family_error_code(:family, format('api.withdraw_approval(%s)', :approval)),
    'approval_closed', 'the family can not take back what a teacher said'
);
select tests.as_staff(:staff, format('api.withdraw_approval(%s, ''a mistake'')', :approval)) as n \gset
select is(tests.rules_say(:student, array[:section]), 'approval_required', 'staff can');
select is(
    (select (a.status, a.decided_by, a.reason)::text from enrollment.approvals as a
    where a.id = :approval), format('(withdrawn,%s,"a mistake")', :staff), 'and say why'
);
-- Declined; taken back; asked again.
select tests.as_family(:family, format('api.request_approval(%s, %s)', :student, :class)) as second \gset
select tests.as_staff(:staff, format('api.decide_approval(%s, false, ''too soon'')', :second)) as n \gset
select is(tests.rules_say(:student, array[:section]), 'approval_required', 'declined is declined');
select is((select a.status from enrollment.approvals as a where a.id = :second), 'declined', 'and kept');
select tests.as_family(:family, format('api.request_approval(%s, %s)', :student, :class)) as third \gset
select tests.as_family(:family, format('api.withdraw_approval(%s)', :third)) as n \gset
select is((select a.status from enrollment.approvals as a where a.id = :third), 'withdrawn',
    'a family takes back its wish');
-- The list that staff keep, without a request; and with one that waits.
select is(
    tests.error_code(format('select tests.as_staff(%s, %L)', :staff, r.call)), r.code, r.call
)
from (
    values
    (format('api.record_approval(0, %s, ''audition'')', :class), 'student_not_found'),
    (format('api.record_approval(%s, 0, ''audition'')', :student), 'class_not_found'),
    (format('api.record_approval(%s, %s, null)', :student, :class), 'approval_kind_unknown'),
    (format('api.record_approval(%s, %s, ''audition'', repeat(''x'', 501))', :student, :class),
    'decision_invalid')
) as r (call, code);
select tests.as_staff(:staff, format('api.record_approval(%s, %s, ''audition'')', :student, :class)) as n \gset
select is(
    tests.rules_say(:student, array[:section]), '', 'a passed audition is an approval, too'
);
select is(
    tests.error_code(format('select tests.as_staff(%s, ''api.record_approval(%s, %s, ''''audition'''')'')',
        :staff, :student, :class)), 'approval_exists', 'once'
);
select tests.require(:free, '{"kind": "audition"}') as audition \gset
select tests.as_staff(:staff, format('api.record_approval(%s, %s, ''teacher_approval'')', :student,
    :free_class)) as n \gset
select is(
    tests.rules_say(:student, array[:free]), 'audition_required', 'an approval is no audition'
);
select tests.as_family(:family, format('api.request_approval(%s, %s, ''audition'', %s)', :student,
    :free_class, :free)) as fourth \gset
select is(
    tests.as_staff(:staff, format('api.record_approval(%s, %s, ''audition'')', :student, :free_class)),
    :'fourth'::jsonb, 'what waits is decided by it'
);
select * from finish();
rollback;
