-- Staff register a family in spite of what speaks against it: each finding named, with a reason.
begin;
set local search_path = tap, public;
select plan(45);
select tests.worker() as staff, tests.family() as family, tests.family('Chen') as other \gset
select tests.student(:family) as student, tests.student(:family, 'Twin') as twin \gset
select
    tests.section('Asks', '{1}') as asks,
    tests.section('Strict', '{2}') as strict,
    tests.section('Warns', '{3}') as warns,
    tests.section('Plain', '{4}') as plain \gset
select tests.require(:asks, '{"kind": "audition"}') as rule \gset
select tests.require(:strict, '{"kind": "audition", "is_waivable": false}') as strict_rule \gset
select tests.require(:warns, '{"kind": "gender", "gender": "male", "enforcement": "soft_warn"}')
    as warning \gset
create function pg_temp.checkout(
    staff bigint, family bigint, cart bigint, overrides text, role text default 'staff'
) returns jsonb language sql as $$
    select tests.as_staff(
        staff,
        format(
            'api.checkout(%s, %s, %L, overrides => %L)', cart, tests.quote(cart) ->> 'quote_id',
            gen_random_uuid(), overrides
        ),
        family, role
    )
$$;
create function pg_temp.refusal(staff bigint, family bigint, cart bigint, overrides text)
returns text language sql as $$
    select tests.error_code(
        format('select pg_temp.checkout(%s, %s, %s, %L)', staff, family, cart, overrides)
    )
$$;

-- Who may, and in which shape.
select tests.cart(:student, :asks) as cart \gset
select is(
    tests.family_error_code(
        :family,
        format(
            'api.checkout(%s, %s, ''12345678'', overrides => ''%s'')', :cart,
            tests.quote(:cart) ->> 'quote_id', o.overrides
        )
    ),
    'not_allowed', 'a family overrides nothing: ' || o.overrides
)
from (
    values ('[{"code": "audition_required", "reason": "please"}]'), ('{}'), ('[{}]'), ('"x"')
) as o (overrides);
select is(
    tests.family_error_code(
        :family,
        format(
            'api.checkout(%s, %s, ''12345678'', overrides => %s)', :cart,
            tests.quote(:cart) ->> 'quote_id', o.overrides
        )
    ),
    'audition_required', 'which is nothing: ' || o.overrides
)
from (values ('''[]'''), ('null'), ('''null''')) as o (overrides);
select is(pg_temp.refusal(:staff, :family, :cart, r.overrides), r.code, r.overrides)
from (
    values
    ('{}', 'overrides_invalid'),
    ('"audition_required"', 'overrides_invalid'),
    ('["audition_required"]', 'overrides_invalid'),
    ('[{"reason": "agreed"}]', 'overrides_invalid'),
    ('[{"code": null, "reason": "agreed"}]', 'overrides_invalid'),
    ('[{"code": 7, "reason": "agreed"}]', 'overrides_invalid'),
    (format('[{"code": "%s", "reason": "agreed"}]', repeat('x', 65)), 'overrides_invalid'),
    ('[{"code": "audition_required", "reason": "agreed", "price": 0}]', 'overrides_invalid'),
    ('[{"code": "audition_required", "reason": "agreed", "student_id": "1"}]', 'overrides_invalid'),
    ('[{"code": "audition_required", "reason": "agreed", "student_id": 1.5}]', 'overrides_invalid'),
    ('[{"code": "audition_required", "reason": "agreed", "section_id": -1}]', 'overrides_invalid'),
    (
        '[{"code": "audition_required", "reason": "agreed"},
        {"code": "audition_required", "reason": "again"}]', 'overrides_invalid'
    ),
    (
        (
            select jsonb_agg(jsonb_build_object('code', 'c' || n, 'reason', 'agreed'))::text
            from generate_series(1, 51) as n
        ), 'overrides_invalid'
    ),
    ('[{"code": "audition_required"}]', 'reason_required'),
    ('[{"code": "audition_required", "reason": null}]', 'reason_required'),
    ('[{"code": "audition_required", "reason": " \n "}]', 'reason_required'),
    (
        format('[{"code": "audition_required", "reason": "%s"}]', repeat('x', 501)),
        'reason_required'
    ),
    ('[]', 'audition_required'),
    ('[{"code": "age_not_met", "reason": "agreed"}]', 'override_unused'),
    (
        format('[{"code": "audition_required", "reason": "agreed", "student_id": %s}]', :twin),
        'override_unused'
    ),
    (
        format('[{"code": "audition_required", "reason": "agreed", "section_id": %s}]', :plain),
        'override_unused'
    ),
    ('[{"code": "seat_unavailable", "reason": "agreed"}]', 'override_not_allowed')
) as r (overrides, code);
select is(
    (
        select count(*) from enrollment.registrations as r where r.family_id = :family
    ), 0::bigint, 'nothing was written'
);

-- One finding each; what is not named stops it as before.
select tests.cart(:twin, :asks) as cart \gset
select is(
    pg_temp.refusal(
        :staff, :family, :cart, '[{"code": "audition_required", "reason": "agreed"}]'
    ),
    'override_ambiguous', 'two students, and which is not said'
);
select is(
    pg_temp.refusal(
        :staff, :family, :cart,
        format('[{"code": "audition_required", "reason": "agreed", "student_id": %s}]', :student)
    ),
    'audition_required', 'the other one is stopped as before'
);
select pg_temp.checkout(
    :staff, :family, :cart,
    format(
        '[{"code": "audition_required", "reason": " saw her  dance ", "student_id": %s},
        {"code": "audition_required", "reason": "her twin", "student_id": %s, "section_id": %s}]',
        :student, :twin, :asks
    )
) ->> 'registration_id' as registration \gset
select results_eq(
    format(
        'select o.student_id, o.section_id, o.code, o.requirement_id, o.reason, o.overridden_by
        from enrollment.override_uses as o where o.registration_id = %s order by o.id',
        :registration
    ),
    format(
        'values (%s::bigint, %s::bigint, ''audition_required'', %s::bigint, ''saw her dance'',
        %s::bigint), (%s, %2$s, ''audition_required'', %3$s, ''her twin'', %4$s)',
        :student, :asks, :rule, :staff, :twin
    ),
    'each is kept: who, when, why'
);
select is(
    (
        select array_agg(f.override_use_id = o.id and f.waiver_id is null order by f.id)
        from enrollment.findings as f
        left join enrollment.override_uses as o
        on f.registration_id = o.registration_id and f.student_id = o.student_id
        where f.registration_id = :registration
    ),
    array[true, true], 'the findings name what lifted them'
);
select is(
    (
        select array_agg(l.changes #>> '{code,1}' order by l.id) from ops.audit_log as l
        where l.entity = 'enrollment.override_uses' and l.family_id = :family
        and l.account_id = :staff
    ),
    array['audition_required', 'audition_required'], 'each is audited'
);
select is(
    (
        select count(*) from ops.domain_events as e
        where e.kind = 'finding.overridden' and e.family_id = :family
        and (e.payload ->> 'registration_id')::bigint = :registration
    ),
    2::bigint, 'and an event'
);
select is(
    tests.as_staff(
        :staff,
        format('(select count(*) from api.override_uses where registration_id = %s)', :registration)
    ),
    '2', 'staff read them'
);
select is(
    (
        select r.hold_expires_at - now() from enrollment.registrations as r
        where r.id = :registration
    ),
    interval '60 minutes', 'what staff register is held for an hour'
);
select tests.as_family(:family, format('api.abandon_checkout(%s)', :registration)) \g /dev/null

-- A rule that can't be waived can't be overridden; a clash needs a waiver.
select tests.cart(tests.student(:other), :strict) as cart \gset
select is(
    pg_temp.refusal(
        :staff, :other, :cart, '[{"code": "audition_required", "reason": "agreed"}]'
    ),
    'override_not_allowed', 'a rule that is never waived'
);
select tests.student(tests.family()) as dancer \gset
select tests.cart(:dancer, :plain, tests.section('Too', '{4}')) as cart \gset
select is(
    pg_temp.refusal(
        :staff, tests.family_of_cart(:cart), :cart,
        '[{"code": "schedule_conflict", "reason": "agreed"}]'
    ),
    'override_not_allowed', 'a clash'
);

-- Warnings are acknowledged as before, or overridden.
select tests.student(tests.family()) as dancer \gset
select tests.cart(:dancer, :warns) as cart \gset
select is(
    pg_temp.refusal(:staff, tests.family_of_cart(:cart), :cart, '[]'),
    'warning_not_acknowledged', 'a warning'
);
select pg_temp.checkout(
    :staff, tests.family_of_cart(:cart), :cart,
    '[{"code": "gender_not_met", "reason": "welcome"}]'
) ->> 'registration_id' as registration \gset
select is(
    (
        select o.reason from enrollment.override_uses as o
        where o.registration_id = :registration and o.requirement_id = :warning
    ),
    'welcome', 'is overridden, too'
);

-- Two rules that say the same are lifted together, if both can be.
select tests.section('Older and younger', '{5}') as both \gset
select tests.require(:both, '{"kind": "age_or_grade", "lowest_age_months": 300}') as older \gset
select tests.require(:both, '{"kind": "age_or_grade", "highest_age_months": 12}') as younger \gset
select tests.student(tests.family()) as dancer \gset
select tests.cart(:dancer, :both) as cart \gset
select is(
    tests.rules_say(:dancer, array[:both]), 'age_not_met age_not_met', 'one code, two rules'
);
select pg_temp.checkout(
    :staff, tests.family_of_cart(:cart), :cart,
    '[{"code": "age_not_met", "reason": "agreed"}]'
) ->> 'registration_id' as registration \gset
select is(
    (
        select array_agg(o.requirement_id order by o.requirement_id)
        from enrollment.override_uses as o where o.registration_id = :registration
    ),
    array[:older, :younger]::bigint [], 'both are kept'
);
select tests.section('One of them strict', '{6}') as both \gset
select
    tests.require(:both, '{"kind": "age_or_grade", "lowest_age_months": 300}'),
    tests.require(
        :both, '{"kind": "age_or_grade", "highest_age_months": 12, "is_waivable": false}'
    ) \g /dev/null
select tests.cart(tests.student(tests.family()), :both) as cart \gset
select is(
    pg_temp.refusal(
        :staff, tests.family_of_cart(:cart), :cart,
        '[{"code": "age_not_met", "reason": "agreed"}]'
    ),
    'override_not_allowed', 'one of them is never waived'
);
select * from finish();
rollback;
