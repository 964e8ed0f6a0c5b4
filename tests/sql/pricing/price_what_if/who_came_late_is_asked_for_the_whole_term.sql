-- Rules are compared by whole terms; what a family paid for a part of one is told beside it.
begin;
set local search_path = tap, public;
select plan(1);
select tests.section('Begun', '{1}') as section \gset
select tests.run(
    format(
        'update catalog.sections set starts_on = studio.local_date(now()) - 50,
        ends_on = studio.local_date(now()) + 49 where id = %s', :section
    )
);
select tests.run(
    'update studio.settings set tuition_proration = ''days''
    where studio_id = auth.studio_id() and term_id is null'
);
select tests.family() as family \gset
select tests.confirmed(
    tests.cart(tests.student(:family), :section)
) as registration \gset
select tests.worker('manager') as manager \gset
select tests.term() as term \gset
select tests.act_as('manager', tests.claims(:manager, 'manager'));
-- Half of 796.43, and 65 + 15 + 40.
select is(
    (
        select (w.sold_minor, w.old_minor, w.new_minor)::text
        from api.price_what_if(:term, :term) as w
        where w.family_id = :family
    ),
    '(51822,91643,91643)',
    'half was sold, all is compared'
);
select tests.act_as_operator();
select * from finish();
rollback;
