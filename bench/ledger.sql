-- A studio whose ledger has many postings, spread evenly over a year up to today, and families. Run
-- by the superuser: whoever else may not leave out the triggers, which would look at each posting by
-- itself, so the caller looks afterwards whether everything is balanced.
-- Settings: bench.slug, of the studio; bench.postings, how many, by hundreds; bench.per_family, how
-- many of them are one family's.
set local session_replication_role = replica;

insert into studio.studios (slug, name, timezone, currency)
values (current_setting('bench.slug'), 'Ledger Studio', 'America/New_York', 'USD');

insert into studio.settings overriding user value
select
    (
        jsonb_populate_record(
            null::studio.settings, to_jsonb(o) || jsonb_build_object('studio_id', n.id)
        )
    ).*
from studio.settings as o
inner join studio.studios as s on o.studio_id = s.id and s.slug = 'aydt'
inner join studio.studios as n on n.slug = current_setting('bench.slug')
where o.term_id is null;

insert into identity.families (studio_id, name)
select s.id, 'Family ' || n.number
from studio.studios as s
cross join generate_series(
    1,
    current_setting('bench.postings')::integer / current_setting('bench.per_family')::integer
) as n (number)
where s.slug = current_setting('bench.slug');

-- Numbered, to be joined by hash: the planner doesn't know these families yet.
create temporary table numbered on commit drop as
select f.studio_id, f.id as family_id, row_number() over (order by f.id)::integer - 1 as number
from identity.families as f
inner join studio.studios as s on f.studio_id = s.id
where s.slug = current_setting('bench.slug');
analyze numbered;
set local enable_nestloop = off;

-- What happens when a family pays: a registration, a sale, that it pays the registration, and that
-- it is settled. Each of them is one of four postings of a fact number.
insert into payment.ledger_postings (
    studio_id, family_id, source, source_id, occurred_on, posted_on, amount_minor, entry_count
)
select
    f.studio_id, f.family_id, n.source, n.fact, n.happened_on, n.happened_on,
    10000 + mod(n.fact, 997), 2
from (
    select
        x.number,
        x.number / 4 as fact,
        mod(
            x.number / 4,
            current_setting('bench.postings')::integer
            / current_setting('bench.per_family')::integer
        ) as family_number,
        (array['registration', 'sale', 'application', 'settlement'])[mod(x.number, 4) + 1]
        as source,
        (
            now() at time zone 'UTC'
            - interval '365 days'
            * (1 - x.number::float / current_setting('bench.postings')::integer)
        )::date as happened_on
    from generate_series(0, current_setting('bench.postings')::integer - 1) as x (number)
) as n
inner join numbered as f on n.family_number = f.number
order by n.number;

insert into payment.ledger_entries (
    studio_id, posting_id, number, family_id, account, posted_on, amount_minor
)
select
    p.studio_id, p.id, x.number, p.family_id, x.account, p.posted_on, x.side * p.amount_minor
from payment.ledger_postings as p
inner join studio.studios as s on p.studio_id = s.id
inner join (
    values
    ('registration', 1, 'receivable', 1),
    ('registration', 2, 'revenue:tuition', -1),
    ('sale', 1, 'cash_in_transit', 1),
    ('sale', 2, 'unapplied', -1),
    ('application', 1, 'receivable', -1),
    ('application', 2, 'unapplied', 1),
    ('settlement', 1, 'cash_in_transit', -1),
    ('settlement', 2, 'cash', 1)
) as x (source, number, account, side) on p.source = x.source
where s.slug = current_setting('bench.slug')
order by p.id, x.number;

-- That all of it is posted: nothing is to be looked for.
insert into payment.ledger_marks (studio_id, posted_until)
select s.id, now() from studio.studios as s where s.slug = current_setting('bench.slug');
