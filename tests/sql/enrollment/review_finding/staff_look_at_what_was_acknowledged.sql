begin;
set local search_path = tap, public;
select plan(10);
select tests.worker() as staff, tests.family() as family \gset
select tests.student(:family) as student, tests.section('Asks', '{1}') as section \gset
select tests.require(:section, '{"kind": "audition", "enforcement": "soft_warn"}') as rule \gset
select tests.cart(:student, :section) as cart \gset
select (tests.error(format('select tests.as_family(%s, %L)', :family, format(
    'api.checkout(%s, %s, ''12345678'')', :cart, tests.quote(:cart) ->> 'quote_id'
))) ->> 'details')::jsonb as refusal \gset
select is(
    :'refusal'::jsonb #>> '{findings,0,code}', 'audition_required', 'the refusal says what to read'
);
select is((select count(*) from enrollment.findings), 0::bigint, 'and nothing is kept of it');
select is(tests.checkout_with(:cart, array['audition_required']), 'held', 'then it is acknowledged');
select f.id as finding from enrollment.findings as f where f.student_id = :student \gset
select is(
    tests.as_family(:family, '(select to_jsonb(f) - ''{id,family_id,registration_id,accepted_at}''::text[] from api.findings as f)'),
    jsonb_build_object(
        'student_id', :student::bigint, 'section_id', :section::bigint,
        'requirement_id', :rule::bigint, 'enforcement', 'soft_warn', 'code', 'audition_required',
        'waiver_id', null, 'reviewed_at', null, 'override_use_id', null, 'review_note', null
    ), 'it is kept, and the family sees it'
);
select is(
    tests.error_code(format('select tests.as_staff(%s, %L)', :staff, r.call)), r.code, r.call
)
from (
    values
    ('api.review_finding(0, ''seen'')', 'finding_not_found'),
    (format('api.review_finding(%s, null)', :finding), 'review_note_required'),
    (format('api.review_finding(%s, repeat(''x'', 501))', :finding), 'review_note_required')
) as r (call, code);
select tests.as_staff(:staff, format('api.review_finding(%s, ''called the  mother'')', :finding)) as n \gset
select is(
    (select (f.reviewed_by, f.review_note)::text from enrollment.findings as f where f.id = :finding),
    format('(%s,"called the mother")', :staff), 'staff have looked at it'
);
select is(
    tests.error_code(format('select tests.as_staff(%s, ''api.review_finding(%s, ''''again'''')'')',
        :staff, :finding)), 'finding_reviewed', 'once'
);
select is(
    tests.as_staff(:staff, format('(select f.review_note from api.findings as f where f.id = %s)', :finding)),
    '"called the mother"', 'and read it'
);
select * from finish();
rollback;
