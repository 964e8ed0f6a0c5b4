begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(2);

-- A grant on a function is worth nothing to a role that can't name it.
create view tests.functions_out_of_reach as
select f.entity, a.grantee::regrole::text as role
from tests.own_functions as f
cross join lateral aclexplode(f.acl) as a
where
    a.grantee <> 0
    and not has_schema_privilege(a.grantee, f.schema, 'usage');

select set_eq(
    'table tests.functions_out_of_reach',
    $$
        values
        -- the views name it for them
        ('enrollment.cancelled_dates', 'customer'),
        ('enrollment.cancelled_dates', 'staff'),
        ('enrollment.place_in_queue', 'customer'),
        ('enrollment.place_in_queue', 'staff'),
        ('enrollment.section_counts', 'staff'),
        ('enrollment.seats_left', 'anon'),
        ('enrollment.seats_left', 'customer'),
        ('enrollment.seats_left', 'instructor'),
        ('payment.incidents', 'staff'),
        ('payment.trial_balance', 'manager'),
        ('payment.unmatched', 'staff')
    $$,
    'every other function is within reach of those who may execute it'
);

grant execute on function pricing.take_award to scheduler;
select set_has(
    'table tests.functions_out_of_reach',
    $$values ('pricing.take_award', 'scheduler')$$,
    'the rule sees a grant that leads nowhere'
);

select * from finish();
rollback;
