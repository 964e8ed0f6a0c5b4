-- Wherever a reference points, requests go to our own host: all that is taken from it is its id.
begin;
set local search_path = tap, public;
select plan(15);
select is(
    tests.value(format('payment.href_id(%L)', v.href)) #>> '{}', v.id, coalesce(v.href, 'null')
)
from (
    values
    ('https://gateway.example/transactions/abc_1-2', 'abc_1-2'),
    ('https://gateway.example/v1/transactions/abc', 'abc'),
    ('https://gateway.example/transactions/abc/', 'abc'),
    ('abc', 'abc'),
    ('https://evil.example/transactions/abc', 'abc'),
    ('https://evil.example@gateway.example/transactions/abc', 'abc'),
    ('https://gateway.example/transactions/' || repeat('a', 200), repeat('a', 200)),
    (null, null),
    ('', null),
    ('/', null),
    ('https://gateway.example/', null),
    ('https://gateway.example', null),
    ('https://gateway.example/transactions/abc?next=xyz', null),
    ('https://gateway.example/transactions/abc#xyz', null),
    ('abc def', null)
) as v (href, id);
select * from finish();
rollback;
