begin;
set local search_path = tap, public;
select plan(5);
select tests.run('update studio.settings set waitlist_on_capacity = ''automatic'' where term_id is null');
select tests.section('Limited', '{1}', p_capacity => 2) as section \gset
select tests.held(tests.cart(tests.student(tests.family()), :section)) as one,
    tests.held(tests.cart(tests.student(tests.family()), :section)) as other \gset
select tests.family() as family \gset
select tests.wait(:section, array[tests.student(tests.family())]) as single,
    tests.wait(:section, array[tests.student(:family), tests.student(:family)]) as twins \gset
select tests.run(format('update catalog.sections set capacity = null where id = %s', :section));
select is(
    array[tests.entry_status(:single), tests.entry_status(:twins)], array['offered', 'offered'],
    'one and two alike are offered a seat'
);
select is(
    (
        select string_agg(format('%s %s', s.status, s.place_number), ', ' order by s.id)
        from enrollment.seats as s where s.section_id = :section
    ),
    'held , held , offered , offered , offered ', 'each its own, without a place'
);
select is(
    tests.accept(:single) ->> 'status', 'pending_payment', 'and accept it'
);
-- Kept for staff: nobody is offered it, and nobody is kept from the class.
select tests.run('update studio.settings set waitlist_on_capacity = ''manual'' where term_id is null');
select tests.section('Other', '{2}', p_capacity => 1) as manual \gset
select tests.held(tests.cart(tests.student(tests.family()), :manual)) as holder \gset
select tests.wait(:manual, array[tests.student(tests.family())]) as entry \gset
select tests.run(format('update catalog.sections set capacity = null where id = %s', :manual));
select is(tests.entry_status(:entry), 'waiting', 'manual: staff offer it');
select tests.cart(tests.student(tests.family()), :manual) as cart \gset
select isnt(tests.held(:cart), null, 'where there is no limit the queue is in nobody''s way');
select * from finish();
rollback;
