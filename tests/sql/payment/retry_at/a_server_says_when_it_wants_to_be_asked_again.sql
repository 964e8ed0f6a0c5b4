begin;
set local search_path = tap, public;
select plan(10);
select is(
    payment.retry_at(r.header, '2026-01-05 10:00+00') - '2026-01-05 10:00+00', r.wait,
    coalesce(r.header, 'nothing')
)
from (
    values
    ('90', interval '90 s'),
    ('0', interval '0'),
    ('999999999', interval '1 hour'),
    ('Mon, 05 Jan 2026 10:02:00 GMT', interval '2 min'),
    ('Tue, 06 Jan 2026 10:00:00 GMT', interval '1 hour'),
    ('Mon, 99 Jan 2026 10:02:00 GMT', null),
    ('Mon, 05 Abc 2026 10:02:00 GMT', null),
    ('soon', null),
    ('-5', null),
    (null, null)
) as r (header, wait);
select * from finish();
rollback;
