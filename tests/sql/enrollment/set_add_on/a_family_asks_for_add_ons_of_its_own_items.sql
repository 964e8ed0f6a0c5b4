begin;
set local search_path = tap, public;
select plan(16);
select tests.worker() as staff \gset
select tests.section('Camp', '{1}') as camp \gset
select tests.section('Other', '{2}') as other \gset
select tests.add_on(:camp, 'shirt', 1500, true);
select tests.add_on(:camp, 'early', 2000);
select tests.add_on(:other, 'late', 2000);
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :camp) as cart \gset
select i.id as item from enrollment.cart_items as i where i.cart_id = :cart \gset
create function pg_temp.refusal(family bigint, arguments text) returns text language sql as $$
    select tests.family_error_code(family, 'api.set_add_on(' || arguments || ')')
$$;
select is(
    pg_temp.refusal(:family, format('%s, ''late'', true', :item)), 'add_on_unknown',
    'an add-on of another section'
);
select is(
    pg_temp.refusal(:family, format('%s, ''late'', false', :item)), 'add_on_unknown',
    'also to be taken away'
);
select is(
    pg_temp.refusal(:family, format('%s, ''shirt'', false', :item)), 'add_on_required',
    'a required one can not be left out'
);
select is(
    pg_temp.refusal(:family, format('%s, null, true', :item)), 'request_malformed', 'no code'
);
select is(
    pg_temp.refusal(:family, format('%s, ''early'', null', :item)), 'request_malformed',
    'neither wanted nor not'
);
select is(
    pg_temp.refusal(:family, '0, ''early'', true'), 'cart_item_not_found', 'no such item'
);
select tests.family('Stranger') as stranger \gset
select is(
    pg_temp.refusal(:stranger, format('%s, ''early'', true', :item)), 'cart_item_not_found',
    'an item of another family'
);
select is(
    tests.error_code(
        format('select tests.as_staff(%s, ''api.set_add_on(%s, ''''early'''', true)'')', :staff, :item)
    ),
    'family_required', 'staff say for whom'
);
select is(
    (select i.add_on_codes from enrollment.cart_items as i where i.id = :item), '{}',
    'nothing was written by any of them'
);
select is(
    pg_temp.refusal(:family, format('%s, ''shirt'', true', :item)), null,
    'a required one may be asked for'
);
select is(
    (select i.add_on_codes from enrollment.cart_items as i where i.id = :item), '{}',
    'it comes anyway'
);
select tests.as_staff(
    :staff, format('api.set_add_on(%s, ''early'', true)', :item), :family
) as done \gset
select is(
    tests.as_family(
        :family,
        format('(select i.add_on_codes from api.cart_items as i where i.id = %s)', :item)
    ),
    '["early"]', 'what staff asked for is what the family sees'
);
-- No longer to be had, it can be taken away.
select tests.run('update pricing.add_ons set superseded_at = now() where code = ''early''');
select is(
    pg_temp.refusal(:family, format('%s, ''early'', true', :item)), 'add_on_unknown',
    'what is not to be had any more can not be asked for'
);
select is(
    pg_temp.refusal(:family, format('%s, ''early'', false', :item)), null,
    'but it can be taken away'
);
select is(
    (select i.add_on_codes from enrollment.cart_items as i where i.id = :item), '{}', 'and is gone'
);
select tests.run(format('update enrollment.carts set status = ''checked_out'' where id = %s', :cart));
select is(
    pg_temp.refusal(:family, format('%s, ''shirt'', true', :item)), 'cart_closed', 'a closed cart'
);
select * from finish();
rollback;
