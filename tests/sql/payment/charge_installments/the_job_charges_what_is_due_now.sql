begin;
set local search_path = tap, public;
select plan(4);
select tests.planned(
    tests.cart(tests.student(tests.family()), tests.section('Mon', '{1}'))
) as registration \gset
select tests.part(:registration, 2) as part \gset
-- Whatever day and hour it is: all day long is morning, and each day one of business.
update studio.settings set charge_at = '00:00' where charge_at is not null;
create function pg_temp.part(part bigint) returns text language sql as $$
    select i.status from payment.installments as i where i.id = part
$$;
select is(tests.value('payment.charge_due_installments()'), '0', 'nothing is due');
update payment.installments set due_on = due_on - 400 where id = :part;
select isnt(
    tests.value('payment.charge_due_installments()'), '0', 'what was due is late, or charged at once'
);
select is(
    pg_temp.part(:part),
    (
        select case when d.is_open = 'true' then 'processing' else 'overdue' end
        from tests.value('studio.is_business_day(studio.local_date(now()))') as d (is_open)
    ), 'on a day of business it is charged'
);
select is(tests.value('payment.charge_due_installments()'), '0', 'once');
select * from finish();
rollback;
