-- Families with a student each, and a cart or a held seat. Run by an operator as role deploy, with
-- the studio of the opening day in scope, once the table pg_temp.wanted is there: number, tag (of
-- this batch), section_ids, is_seated (whether each holds a seat in its one section already, on the
-- place of its number).
create temporary table made on commit drop as
select
    w.*,
    format('%s %s', w.tag, w.number) as name,
    null::bigint as account_id,
    null::bigint as family_id,
    null::bigint as student_id,
    null::bigint as cart_id,
    null::bigint as registration_id
from wanted as w;
create index on made (name);

with added as (
    insert into identity.accounts (email, full_name)
    select format('%s@opening.example', lower(replace(m.name, ' ', '-'))), m.name
    from made as m where not m.is_seated
    returning id, full_name
)

update made as m set account_id = a.id from added as a where m.name = a.full_name;
with added as (
    insert into identity.families (studio_id, name)
    select auth.studio_id(), m.name from made as m
    returning id, name
)

update made as m set family_id = a.id from added as a where m.name = a.name;
create index on made (family_id);
analyze made;
insert into identity.guardians (studio_id, family_id, account_id, is_primary)
select auth.studio_id(), m.family_id, m.account_id, true from made as m where not m.is_seated;
with added as (
    insert into identity.students (studio_id, family_id, first_name, last_name, birth_date)
    select auth.studio_id(), m.family_id, 'Ana', 'Bench', date '2014-05-01' from made as m
    returning id, family_id
)

update made as m set student_id = a.id from added as a where m.family_id = a.family_id;
with added as (
    insert into enrollment.carts (studio_id, family_id, term_id)
    select auth.studio_id(), m.family_id, t.id
    from made as m inner join catalog.terms as t on t.studio_id = auth.studio_id()
    returning id, family_id
)

update made as m set cart_id = a.id from added as a where m.family_id = a.family_id;
insert into enrollment.cart_items (
    studio_id, family_id, cart_id, student_id, section_id, price_mode
)
select auth.studio_id(), m.family_id, m.cart_id, m.student_id, s.section_id, 'standard'
from made as m cross join lateral unnest(m.section_ids) as s (section_id)
where not m.is_seated;

with priced as (
    insert into pricing.quotes (
        studio_id, family_id, cart_id, term_id, plan_id, auto_pay, priced_at, engine_version,
        inputs, total_minor, lines, parts
    )
    select
        auth.studio_id(), m.family_id, m.cart_id, p.term_id, p.id, p.auto_pay, now(),
        pricing.engine_version(), '{}', 75000,
        array[
            (
                m.cart_id, null, 'adjustment', 'none', null, '{}', 75000, 'pricing.adjustments',
                0, 1
            )::pricing.line
        ],
        array[(1, t.starts_on, 75000)::pricing.part]
    from made as m
    inner join pricing.payment_plans as p on p.studio_id = auth.studio_id()
    inner join catalog.terms as t on t.studio_id = auth.studio_id()
    where m.is_seated
    returning *
),

held as (
    insert into enrollment.registrations (
        studio_id, family_id, term_id, cart_id, quote_id, total_minor, hold_expires_at
    )
    select
        q.studio_id, q.family_id, q.term_id, q.cart_id, q.id, q.total_minor,
        now() + interval '1 day'
    from priced as q
    returning id, family_id
)

update made as m set registration_id = h.id from held as h where m.family_id = h.family_id;
with enrolled as (
    insert into enrollment.enrollments (
        studio_id, family_id, registration_id, student_id, section_id, price_mode
    )
    select
        auth.studio_id(), m.family_id, m.registration_id, m.student_id, m.section_ids[1],
        'standard'
    from made as m
    where m.is_seated
    returning *
)

insert into enrollment.seats (
    studio_id, family_id, enrollment_id, student_id, section_id, place_number, dates, during
)
select
    e.studio_id, e.family_id, e.id, e.student_id, e.section_id,
    case when c.capacity is not null then m.number end, p.dates, p.during
from enrolled as e
inner join made as m on e.family_id = m.family_id
inner join catalog.sections as c on e.studio_id = c.studio_id and e.section_id = c.id
inner join catalog.section_spans as p
    on e.studio_id = p.studio_id and e.section_id = p.section_id;
update enrollment.places as p
set taken = s.dates
from made as m
inner join catalog.section_spans as s
    on s.studio_id = auth.studio_id() and s.section_id = m.section_ids[1]
where
    m.is_seated
    and p.studio_id = auth.studio_id()
    and p.section_id = m.section_ids[1]
    and p.place_number = m.number;
