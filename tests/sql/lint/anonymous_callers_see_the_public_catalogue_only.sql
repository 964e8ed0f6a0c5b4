begin;
set local search_path = tap, public;
\ir catalog.psql
select plan(3);

create view tests.policies_for_anonymous_callers as
select p.entity, p.command from tests.own_policies as p where p.roles && array['anon', 'public'];

select set_eq(
    'table tests.policies_for_anonymous_callers',
    $$
        values
        ('catalog.classes', 'SELECT'),
        ('catalog.divisions', 'SELECT'),
        ('catalog.meetings', 'SELECT'),
        ('catalog.programs', 'SELECT'),
        ('catalog.requirement_options', 'SELECT'),
        ('catalog.requirements', 'SELECT'),
        ('catalog.section_tiers', 'SELECT'),
        ('catalog.section_times', 'SELECT'),
        ('catalog.sections', 'SELECT'),
        ('catalog.terms', 'SELECT'),
        ('pricing.add_ons', 'SELECT'),
        ('pricing.date_prices', 'SELECT'),
        ('pricing.tier_prices', 'SELECT'),
        ('studio.locations', 'SELECT'),
        ('studio.studios', 'SELECT')
    $$,
    'anonymous callers read the catalogue with its price tags, and nothing that belongs to a person'
);
-- No policy helps without the privilege, and the other way round.
select set_eq(
    $$
        select t.entity
        from tests.own_tables as t
        where has_any_column_privilege('anon', t.oid, 'select, insert, update')
    $$,
    'select p.entity from tests.policies_for_anonymous_callers as p',
    'they hold privileges on just these tables'
);

create policy planted on identity.students for select to anon
using (studio_id = (select auth.studio_id()));
select set_has(
    'table tests.policies_for_anonymous_callers',
    $$values ('identity.students', 'SELECT')$$,
    'the rule sees a policy that shows children to strangers'
);

select * from finish();
rollback;
