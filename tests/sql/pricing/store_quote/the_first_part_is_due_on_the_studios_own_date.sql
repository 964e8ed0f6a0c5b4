-- Half past eleven in the evening at the studio is the next day in UTC.
begin;
set local search_path = tap, public;
select plan(6);
select tests.section('Late evening') as section \gset
select tests.cart(tests.student(tests.family()), :section) as cart \gset
-- The rules of the demo are younger than the instants below.
select tests.run(
    format(
        $$insert into pricing.%1$I overriding user value
        select
            (
                jsonb_populate_record(
                    r,
                    jsonb_build_object(
                        'version', 7, 'valid_from', '2020-01-01', 'superseded_at', r.valid_from
                    )
                )
            ).*
        from pricing.%1$I as r
        where r.studio_id = auth.studio_id()$$, t.name
    )
)
from (values ('rates'), ('fee_rules'), ('payment_plans')) as t (name);
create function pg_temp.due_on(cart bigint, at timestamptz) returns text language plpgsql as $$
declare
    v_quote_id constant bigint := tests.value(
        format(
            'pricing.store_quote(%s, null, pricing.plan_of(%s, null, null, %L), %L)', cart, tests.term(),
            at, at
        )
    );
begin
    return (
        select min(i.due_on)::text from pricing.quote_installments as i
        where i.quote_id = v_quote_id
    );
end;
$$;
select is(
    pg_temp.due_on(:cart, '2027-01-16 04:30Z'), '2027-01-15', '23:30 in winter is the same day'
);
select is(
    pg_temp.due_on(:cart, '2027-01-16 05:00Z'), '2027-01-16', 'midnight in winter is the next'
);
select is(
    pg_temp.due_on(:cart, '2027-03-14 04:59Z'), '2027-03-13',
    'before the night of the change to summer time'
);
select is(
    pg_temp.due_on(:cart, '2027-03-15 03:59Z'), '2027-03-14', '23:59 of that day, an hour ahead'
);
select is(
    pg_temp.due_on(:cart, '2027-11-07 03:59Z'), '2027-11-06',
    'before the night of the change to winter time'
);
select is(
    pg_temp.due_on(:cart, '2027-11-08 04:59Z'), '2027-11-07', '23:59 of that day, an hour back'
);
select * from finish();
rollback;
