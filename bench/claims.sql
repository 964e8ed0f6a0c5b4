-- The rush: families with one student and a pending registration, who only lack their seat.
-- Run by an operator as role deploy, with the studio in scope.
-- Setting: bench.claims, how many want the same section, and as many more want one of 40.
-- Their quotes are rows to point at; nobody is told such a price.

create temporary table bench_claims on commit drop as
select
    n.number,
    null::bigint as family_id,
    null::bigint as student_id,
    null::bigint as cart_id,
    null::bigint as quote_id,
    null::bigint as registration_id
from generate_series(1, 2 * current_setting('bench.claims')::integer) as n (number);

with made as (
    insert into identity.families (studio_id, name)
    select
        auth.studio_id(),
        format('Rush %s', f.number)
    from bench_claims as f
    order by f.number
    returning id, name
)

update bench_claims as f
set family_id = m.id
from made as m
where m.name = format('Rush %s', f.number);
create index on bench_claims (family_id);

with made as (
    insert into identity.students (studio_id, family_id, first_name, last_name, birth_date)
    select
        auth.studio_id(),
        f.family_id,
        'Ana',
        'Rush',
        date '2016-05-01'
    from bench_claims as f
    returning id, family_id
)

update bench_claims as f
set student_id = m.id
from made as m
where f.family_id = m.family_id;

with made as (
    insert into enrollment.carts (studio_id, family_id, term_id)
    select
        auth.studio_id(),
        f.family_id,
        t.id
    from bench_claims as f
    inner join catalog.terms as t on t.studio_id = auth.studio_id()
    returning id, family_id
)

update bench_claims as f
set cart_id = m.id
from made as m
where f.family_id = m.family_id;

with made as (
    insert into pricing.quotes (
        studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version,
        inputs, total_minor, lines, parts
    )
    select
        c.studio_id,
        c.family_id,
        c.id,
        c.term_id,
        p.id,
        p.auto_pay,
        now(),
        pricing.engine_version(),
        '{}',
        75000,
        array[
            (
                c.id, null, 'adjustment', 'none', null, '{}', 75000, 'pricing.adjustments', 0, 1
            )::pricing.line
        ],
        array[(1, t.starts_on, 75000)::pricing.part]
    from bench_claims as f
    inner join enrollment.carts as c on c.studio_id = auth.studio_id() and f.cart_id = c.id
    inner join catalog.terms as t on c.studio_id = t.studio_id and c.term_id = t.id
    inner join pricing.payment_plans as p
        on c.studio_id = p.studio_id and c.term_id = p.term_id and p.code = 'full'
    returning id, family_id
)

update bench_claims as f
set quote_id = m.id
from made as m
where f.family_id = m.family_id;

with made as (
    insert into enrollment.registrations (
        studio_id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at
    )
    select
        q.studio_id,
        q.family_id,
        q.term_id,
        q.cart_id,
        q.id,
        q.total_minor,
        now() + interval '1 day'
    from bench_claims as f
    inner join pricing.quotes as q on q.studio_id = auth.studio_id() and f.quote_id = q.id
    order by f.number
    returning id, family_id
)

update bench_claims as f
set registration_id = m.id
from made as m
where f.family_id = m.family_id;

insert into enrollment.enrollments (
    studio_id, family_id, registration_id, student_id, section_id, price_mode
)
select
    auth.studio_id(),
    f.family_id,
    f.registration_id,
    f.student_id,
    s.id,
    s.price_mode
from bench_claims as f
inner join catalog.classes as k
    on
        k.studio_id = auth.studio_id()
        and k.title = case
            when f.number <= current_setting('bench.claims')::integer then 'Rush'
            else format('Rush %s', f.number % 40)
        end
inner join catalog.sections as s on s.studio_id = auth.studio_id() and k.id = s.class_id;

-- Ids follow the numbers, so that a client knows its family without looking it up.
create table bench.claims (
    number integer primary key, family_id bigint, registration_id bigint
);
insert into bench.claims (number, family_id, registration_id)
select
    f.number,
    f.family_id,
    f.registration_id
from bench_claims as f;
