begin;
set local search_path = tap, public;
select plan(9);
select is(
    payment.failures_of(
        '{"status": 400, "failures": [{"code": "badRequest", "description": "Ana", "field": null},
        {"code": "fieldValidationFailure", "description": "4546341111111119 is stored already",
        "field": "card.number"}]}'
    ),
    '[{"code": "badRequest", "field": null},
    {"code": "fieldValidationFailure", "field": "card.number"}]',
    'code and field, in their order, and no words'
);
select is(payment.failures_of(d.answer::jsonb), null, 'of ' || coalesce(d.answer, 'nothing'))
from unnest(
    array[null, '{}', '[]', '{"failures": "x"}', '{"failures": [1, {"code": "No money, Ana"}]}']
) as d (answer);
select is(
    jsonb_array_length(
        payment.failures_of(
            jsonb_build_object(
                'failures',
                (select jsonb_agg('{"code": "a"}'::jsonb) from generate_series(1, 500))
            )
        )
    ),
    20, 'not more than anybody would read'
);
select is(
    array[
        payment.has_failure(f.failures, 'fieldValidationFailure', 'card.number'),
        payment.has_failure(f.failures, 'fieldValidationFailure'),
        payment.has_failure(f.failures, 'fieldValidationFailure', 'total'),
        payment.has_failure(f.failures, 'conflict')
    ],
    array[true, true, false, false], 'asked for by code, and by field where it matters'
)
from (
    values ('[{"code": "badRequest", "field": null},
    {"code": "fieldValidationFailure", "field": "card.number"}]'::jsonb)
) as f (failures);
select is(payment.has_failure(null, 'badRequest'), false, 'nothing went wrong');
select * from finish();
rollback;
