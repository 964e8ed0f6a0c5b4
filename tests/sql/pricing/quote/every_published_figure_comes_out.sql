-- The school's published sheet: all-in price of a term, and the part of five auto-pay payments.
begin;
set local search_path = tap, public;
select plan(40);

create temporary table published (
    level text, days integer, all_in_minor bigint, part_minor bigint
);
insert into published values
('junior', 1, 87093, 17919),
('junior', 2, 166306, 33761),
('junior', 3, 241639, 48828),
('senior', 1, 91643, 18829),
('senior', 2, 173804, 35261),
('senior', 3, 251983, 50897),
('senior', 4, 326180, 65736),
('senior', 5, 396394, 79779),
('senior', 6, 462626, 93025),
-- no payment plan is offered for it
('early_childhood', 1, 43411, null),
('technique', 1, 71678, 14336),
('pre_pointe', 2, 45763, 9153),
('pointe', 2, 51749, 10350),
('competition_junior', 1, 84261, 16852),
('competition_senior', 1, 80294, 16059);

-- A family of its own for each row, in classes on so many days; a program is one class.
alter table published add column cart_id bigint, add column quote jsonb, add column monthly jsonb;
update published
set cart_id = tests.cart(
    tests.student(tests.family()),
    variadic case
        when level in ('junior', 'senior', 'early_childhood')
            then array(
                select tests.section('Rate test ' || level || d.day, array[d.day], level)
                from generate_series(1, days) as d (day)
            )
        else array[
            tests.section(
                'Rate test ' || level, (array[1, 3])[1:days], level
            )
        ]
    end
);
update published
set
    quote = tests.quote(cart_id),
    monthly = case when part_minor is not null then tests.quote(cart_id, 'monthly') end;

select is(
    (p.quote ->> 'total_minor')::bigint, p.all_in_minor,
    format('all-in price of %s, %s a week', p.level, p.days)
)
from published as p;
select is(
    (select string_agg(s.value ->> 'amount_minor', ' ' order by s.ordinality)
    from jsonb_array_elements(p.monthly -> 'schedule') with ordinality as s
    where s.ordinality < 5),
    concat_ws(' ', p.part_minor, p.part_minor, p.part_minor, p.part_minor),
    format('the first four auto-pay parts of %s, %s a week', p.level, p.days)
)
from published as p
where p.part_minor is not null;
-- Five times a rounded part is a few cents off: the last one takes the difference.
select is(
    (select array_agg((p.monthly -> 'schedule' -> 4 ->> 'amount_minor')::bigint
    order by p.all_in_minor)
    from published as p where p.level = 'senior'),
    array[18827, 35260, 50895, 65736, 79778, 93026]::bigint[],
    'the last part takes the difference'
);
select ok(
    (
        select sum((s.value ->> 'amount_minor')::bigint)
        from jsonb_array_elements(p.monthly -> 'schedule') as s
    )
    = p.all_in_minor + case when p.level in ('junior', 'senior') then 2500 else 0 end,
    format('parts of %s, %s a week add up to the total with its fee', p.level, p.days)
)
from published as p
where p.level in ('junior', 'senior');
select is(
    (select tests.quote_error(p.cart_id, 'monthly') ->> 'code' from published as p
    where p.part_minor is null),
    'plan_not_offered', 'early childhood has none'
);
select * from finish();
rollback;
