begin;
set local search_path = tap, public;
select plan(7);
select is(
    tests.error($$select ops.fail('already_in_cart', '{"title": "Tap \"2\""}')$$),
    '{"code": "already_in_cart", "message": "This student has Tap \"2\" in the cart already.",
    "details": "{\"title\": \"Tap \\\"2\\\"\"}", "hint": null}',
    'code, sentence with its details, details as text, hint'
);
select is(
    tests.error($$select ops.fail('cart_empty')$$),
    '{"code": "cart_empty", "message": "The cart is empty.", "details": null, "hint": null}',
    'without details they are null'
);
select throws_ok(
    $$select ops.fail('cart_empty')$$, 'PGRST', null, 'raised in the way that PostgREST passes on'
);
create function pg_temp.detail() returns text language plpgsql as $$
declare
    v_detail text;
begin
    perform ops.fail('cart_empty');
    return null;
exception when sqlstate 'PGRST' then
    get stacked diagnostics v_detail = pg_exception_detail;
    return v_detail;
end;
$$;
select is(
    pg_temp.detail()::jsonb, '{"status": 409, "headers": {}}',
    'with the HTTP status of the register'
);
select is(
    tests.error_code($$select ops.fail('no_such_code')$$), 'P0001',
    'a code that is not in the register is a mistake of ours'
);
select is(
    tests.error($$select ops.require_count(0, 1, 'rows')$$) ->> 'code', 'unexpected_row_count',
    'a write that changed too little'
);
select is(
    tests.error_code($$select ops.require_count(1, 1, 'rows')$$), null,
    'one that changed what it meant to'
);
select * from finish();
rollback;
