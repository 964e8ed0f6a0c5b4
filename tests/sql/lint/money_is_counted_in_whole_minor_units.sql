begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(3);

create view tests.money_that_is_no_bigint as
select c.entity, c.name, c.type
from tests.own_columns as c
where c.name ~ '_minor$' and c.type <> 'bigint'
union all
select f.signature, a.name, a.type::regtype::text
from tests.own_functions as f
cross join lateral unnest(f.argument_names, f.argument_types) as a (name, type)
where a.name ~ '_minor$' and a.type <> 'bigint'::regtype;

-- What is no whole number has no place in a row, whatever it is called.
create view tests.columns_of_inexact_numbers as
select c.entity, c.name, c.type
from tests.own_columns as c
where c.type ~ '^(real|double precision|money|numeric)(\[\])?$';

select is_empty('table tests.money_that_is_no_bigint', 'every *_minor is a bigint');
select is_empty(
    'table tests.columns_of_inexact_numbers', 'no column is float, money or numeric'
);

alter table pricing.rates add column deposit_minor integer, add column factor numeric(6, 4);
create function pricing.planted(p_amount_minor numeric) returns void language sql as '';
select set_eq(
    'select * from tests.money_that_is_no_bigint union all table tests.columns_of_inexact_numbers',
    $$
        values
        ('pricing.rates', 'deposit_minor', 'integer'),
        ('pricing.planted(numeric)', 'p_amount_minor', 'numeric'),
        ('pricing.rates', 'factor', 'numeric')
    $$,
    'the rules see columns and parameters'
);

select * from finish();
rollback;
