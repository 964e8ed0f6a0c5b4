-- Families that check out or only look: an account, two students and a cart each, of five classes;
-- every other one that looks has a cart of six items, of all price modes. Run by an operator as role deploy, with the
-- studio in scope. Settings: bench.families, how many; bench.looking, how many of them, the last.

create temporary table bench_families on commit drop as
select
    n.number,
    null::bigint as account_id,
    null::bigint as family_id,
    null::bigint as cart_id
from generate_series(1, current_setting('bench.families')::integer) as n (number);

with made as (
    insert into identity.accounts (email, full_name)
    select
        format('family-%s@bench.example', f.number),
        format('Family %s', f.number)
    from bench_families as f
    returning id, email
)

update bench_families as f
set account_id = m.id
from made as m
where m.email = format('family-%s@bench.example', f.number);

with made as (
    insert into identity.families (studio_id, name)
    select
        auth.studio_id(),
        format('Family %s', f.number)
    from bench_families as f
    returning id, name
)

update bench_families as f
set family_id = m.id
from made as m
where m.name = format('Family %s', f.number);

insert into identity.guardians (studio_id, family_id, account_id, is_primary)
select
    auth.studio_id(),
    f.family_id,
    f.account_id,
    true
from bench_families as f;

insert into identity.students (studio_id, family_id, first_name, last_name, birth_date)
select
    auth.studio_id(),
    f.family_id,
    x.first_name,
    format('Family %s', f.number),
    x.birth_date
from bench_families as f
cross join (
    values ('Sofia', date '2010-05-01'), ('Mateo', date '2016-05-01')
) as x (first_name, birth_date);

with made as (
    insert into enrollment.carts (studio_id, family_id, term_id)
    select
        auth.studio_id(),
        f.family_id,
        t.id
    from bench_families as f
    inner join catalog.terms as t on t.studio_id = auth.studio_id()
    returning id, family_id
)

update bench_families as f
set cart_id = m.id
from made as m
where f.family_id = m.family_id;

-- The planner doesn't know these tables yet, and would look through all classes for each item.
set local enable_nestloop = off;
insert into enrollment.cart_items (
    studio_id, family_id, cart_id, student_id, section_id, price_mode, tier_id, dates, add_on_codes
)
select
    auth.studio_id(),
    f.family_id,
    f.cart_id,
    st.id,
    s.id,
    s.price_mode,
    t.id,
    case
        when s.price_mode = 'drop_in'
            then
                array(
                    select m.held_on from catalog.meetings as m
                    where m.studio_id = s.studio_id and m.section_id = s.id
                    order by m.held_on
                    limit 2
                )
    end,
    coalesce(x.add_on_codes, '{}')
from bench_families as f
inner join (
    values
    ('Sofia', 'Ballet', null, null::text []), ('Sofia', 'Contemporary', null, null),
    ('Sofia', 'Technique', null, null), ('Mateo', 'Hip-Hop', false, null),
    ('Mateo', 'Tap', false, null), ('Mateo', 'Tap', true, '{shoes}'),
    ('Mateo', 'Camp', true, null), ('Mateo', 'Open class', true, null)
) as x (first_name, title, is_varied, add_on_codes)
    on
        x.is_varied is null
        or x.is_varied
        = (
            f.number > current_setting('bench.families')::integer
            - current_setting('bench.looking')::integer
            and f.number % 2 = 0
        )
inner join identity.students as st
    on
        st.studio_id = auth.studio_id()
        and f.family_id = st.family_id
        and x.first_name = st.first_name
inner join catalog.classes as k
    on
        k.studio_id = auth.studio_id()
        and k.title = format('%s %s', x.title, f.number / 160 * 8 + f.number % 8)
inner join catalog.sections as s on s.studio_id = auth.studio_id() and k.id = s.class_id
left join catalog.section_tiers as t on s.studio_id = t.studio_id and s.id = t.section_id;

set local enable_nestloop = on;

create schema if not exists bench;
create table bench.families (
    number integer primary key, account_id bigint, family_id bigint, cart_id bigint,
    student_id bigint, quote_id bigint
);
insert into bench.families (number, account_id, family_id, cart_id, student_id)
select
    f.number,
    f.account_id,
    f.family_id,
    f.cart_id,
    min(st.id)
from bench_families as f
inner join identity.students as st
    on st.studio_id = auth.studio_id() and f.family_id = st.family_id
group by f.number, f.account_id, f.family_id, f.cart_id;
