begin;
set local search_path = tap, public;
select plan(14);
select tests.section('Carted') as section \gset
select tests.section('Hidden', '{2}') as hidden \gset
select tests.run(
    format(
        'update catalog.classes set visibility = ''hidden'' where id = (select class_id
        from catalog.sections where id = %s)',
        :hidden
    )
);
select tests.section('Elsewhere', p_level => 'open', p_studio => 'elmst') as foreign_section \gset
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.student(tests.family('Stranger')) as stranger \gset
select tests.cart(:student, :section) as cart \gset
create function pg_temp.put(family bigint, arguments text) returns text language sql as $$
    select tests.family_error_code(family, 'api.put_cart_item(' || arguments || ')')
$$;
select is(
    pg_temp.put(:family, format('%s, %s, %s', :cart, :student, :section)), 'already_in_cart',
    'the same twice'
);
select is(
    pg_temp.put(:family, format('%s, %s, %s', :cart, :stranger, :section)), 'student_not_found',
    'another family''s student'
);
select is(
    pg_temp.put(:family, format('%s, %s, %s', :cart, :student, :foreign_section)),
    'section_not_found', 'another studio''s class'
);
select is(
    pg_temp.put(:family, format('%s, %s, %s', :cart, :student, :hidden)), 'section_not_found',
    'a hidden class'
);
select is(
    pg_temp.put(:family, format('%s, %s, null', :cart, :student)), 'section_not_found', 'no class'
);
select is(
    pg_temp.put(:family, format('%s, null, %s', :cart, :section)), 'student_not_found', 'no student'
);
select is(
    pg_temp.put(:family, format('null, %s, %s', :student, :section)), 'cart_not_found', 'no cart'
);
select tests.worker() as staff \gset
select isnt(
    tests.as_staff(
        :staff, format('api.put_cart_item(%s, %s, %s)', :cart, :student, :hidden), :family
    ), null,
    'staff may give a hidden class'
);
select tests.run(format('update catalog.sections set status = ''closed'' where id = %s', :section));
select is(
    pg_temp.put(
        :family, format('%s, %s, %s', :cart, tests.student(:family, 'Two'), :section)
    ), 'section_not_open',
    'a class that is closed'
);
select tests.run(format('update catalog.sections set status = ''open'' where id = %s', :section));
select i.id as item from enrollment.cart_items as i where i.cart_id = :cart
and i.section_id = :hidden \gset
select is(
    tests.family_error_code(
        tests.family('Third'), format('api.remove_cart_item(%s)', :item)
    ), 'cart_item_not_found',
    'an item of another family can not be taken out'
);
select tests.as_family(:family, format('api.remove_cart_item(%s)', :item)) as removed \gset
select is_empty(
    format('select id from enrollment.cart_items where id = %s', :item), 'one''s own can'
);
select tests.confirmed(:cart) as registration \gset
select is(
    pg_temp.put(:family, format('%s, %s, %s', :cart, :student, :section)), 'cart_closed',
    'into a cart that is checked out'
);
select tests.as_family(:family, format('api.open_cart(%s)', tests.term())) as cart \gset
select is(
    pg_temp.put(:family, format('%s, %s, %s', :cart, :student, :section)), 'already_enrolled',
    'what the student has already'
);
select is(
    tests.family_error_code(:family, format('api.open_cart(%s)', tests.term('elmst'))),
    'term_not_found',
    'a cart of another studio''s term'
);
select * from finish();
rollback;
