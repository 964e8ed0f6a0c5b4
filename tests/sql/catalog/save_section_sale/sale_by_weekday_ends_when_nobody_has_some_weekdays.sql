begin;
set local search_path = tap, public;
select plan(35);
select tests.worker('manager') as manager, tests.worker() as staff \gset
select
    tests.section('Tue and Thu', '{2,4}', p_capacity => 2) as section,
    tests.section('Technique', '{3}', 'technique') as program,
    tests.section('By date', '{2,4}', p_mode => 'drop_in') as drop_in,
    tests.section('Camp', '{2,4}', p_mode => 'tiered') as camp \gset
create function pg_temp.save(manager bigint, section text, sold text) returns text
language plpgsql as $$
declare
    v_error constant text := tests.error_code(
        format(
            'select tests.as_manager(%s, %L)', manager,
            format('api.save_section_sale(%s, %s)', section, sold)
        )
    );
begin
    perform tests.act_as_operator();
    return coalesce(v_error, 'saved');
end;
$$;
create function pg_temp.is_sold(section bigint) returns jsonb language sql as $$
    select tests.as_anybody(
        format('(select s.sold_by_weekday from api.sections as s where s.id = %s)', section)
    )
$$;

-- Bad input: nothing written.
select is(pg_temp.save(:manager, r.section, r.sold), r.code, r.what)
from (
    values
    (:'section', 'null', 'sale_invalid', 'neither yes nor no'),
    ('0', 'true', 'section_not_found', 'no such section'),
    ('null', 'true', 'section_not_found', 'none'),
    (tests.section('Theirs', p_level => 'open', p_studio => 'elmst')::text, 'true', 'section_not_found', 'another studio''s'),
    (:'program', 'true', 'weekdays_by_rate_only', 'a program'),
    (:'drop_in', 'true', 'weekdays_by_rate_only', 'a class by date'),
    (:'camp', 'true', 'weekdays_by_rate_only', 'a camp'),
    (:'camp', 'false', 'saved', 'which is not sold so already')
) as r (section, sold, code, what);
select is(
    tests.error_code(
        format(
            'select tests.as_staff(%s, %L)', :staff,
            format('api.save_section_sale(%s, true)', :section)
        )
    ),
    '42501', 'it is for managers'
);
select tests.act_as_operator() \g /dev/null
select is(
    (
        select count(*) from catalog.sections as s
        where s.sold_by_weekday and s.id in (:section, :program, :drop_in, :camp)
    ),
    0::bigint, 'nothing is sold by weekday'
);

-- On: at once, announced and audited; again: nothing more.
select is(pg_temp.save(:manager, :'section', 'true'), 'saved', 'some of its weekdays can be had');
select is(pg_temp.is_sold(:section), 'true', 'everybody reads it');
select is(pg_temp.save(:manager, :'section', 'true'), 'saved', 'once more');
select is(
    (
        select array_agg(e.payload ->> 'sold_by_weekday') from ops.domain_events as e
        where e.kind = 'section.sale_set' and e.subject_id = :section
    ),
    array['true'], 'is no second event'
);
select is(
    (
        select array_agg(l.changes -> 'sold_by_weekday' order by l.id) from ops.audit_log as l
        where l.entity = 'catalog.sections' and l.entity_id = :section
        and l.account_id = :manager
    ),
    array['[false, true]']::jsonb [], 'who did it is audited'
);

-- Off: not while somebody has, or waits for, some of them.
select tests.student(tests.family()) as student \gset
select tests.open_cart(:student) as cart, tests.family_of_cart(tests.open_cart(:student)) as family
\gset
select tests.put(:cart, :student, :section, 'weekdays => ''{2}''') as item \gset
select tests.quote(:cart) ->> 'quote_id' as quote \gset
select is(
    pg_temp.save(:manager, :'section', 'false'), 'saved', 'what is in a cart is no hindrance'
);
select is(
    (
        select string_agg(f.value ->> 'code', ' ')
        from jsonb_array_elements(tests.as_family(:family, format('api.check_cart(%s)', :cart))) as f
    ),
    'weekdays_not_offered', 'the cart says that they can''t be had alone'
);
select is(
    tests.family_error_code(
        :family, format('api.checkout(%s, %s, ''12345678'')', :cart, :quote)
    ),
    'weekdays_not_offered', 'and a checkout is refused'
);
select tests.act_as_operator() \g /dev/null
select is(pg_temp.save(:manager, :'section', 'true'), 'saved', 'on again');
select tests.as_family(:family, format('api.checkout(%s, %s, ''12345678'')', :cart, :quote))
->> 'registration_id' as registration \gset
select is(pg_temp.save(:manager, :'section', 'false'), 'weekdays_sold', 'a hold of Tuesdays');
select is(pg_temp.is_sold(:section), 'true', 'they go on to be sold');
select is(
    tests.error(
        format(
            'select tests.run(%L)',
            format('update catalog.sections set sold_by_weekday = false where id = %s', :section)
        )
    ) ->> 'code',
    'weekdays_sold', 'not by direct SQL either'
);
select tests.act_as_operator() \g /dev/null
select tests.lapse(:registration) \g /dev/null
select is(
    pg_temp.save(:manager, :'section', 'false'), 'weekdays_sold',
    'one that has lapsed may still be paid'
);
select tests.as_family(:family, format('api.abandon_checkout(%s)', :registration)) \g /dev/null
select is(
    tests.what_if(
        'select null', format('pg_temp.save(%s, %L, ''false'')', :manager, :section)
    ),
    '"saved"', 'until it is released'
);
select tests.act_as_operator() \g /dev/null
select tests.confirmed(:cart) as registration \gset
select is(pg_temp.save(:manager, :'section', 'false'), 'weekdays_sold', 'paid Tuesdays');
select tests.section('Whole', '{2,4}', p_starts_at => '15:00', p_ends_at => '16:00') as whole \gset
select is(pg_temp.save(:manager, :'whole', 'true'), 'saved', 'another one by weekday');
select tests.confirmed(tests.cart(:student, :whole)) \g /dev/null
select is(
    pg_temp.save(:manager, :'whole', 'false'), 'saved', 'whoever has all of it is no hindrance'
);

-- No enrollment for weekdays gets past that, whoever writes it.
select is(
    tests.error(format('select tests.run(%L)', format(c.change, :student, :whole))) ->> 'code',
    c.code, c.what
)
from (
    values
    (
        'update enrollment.enrollments set weekdays = ''{2}'' where student_id = %s
        and section_id = %s', 'weekdays_not_offered', 'no enrollment becomes one'
    ),
    (
        'insert into enrollment.enrollments
        (studio_id, family_id, registration_id, student_id, section_id, price_mode, weekdays, status)
        select studio_id, family_id, registration_id, student_id, section_id, price_mode, ''{4}'',
        ''failed'' from enrollment.enrollments where student_id = %s and section_id = %s',
        'weekdays_not_offered', 'and none is added'
    )
) as c (change, code, what);
select tests.act_as_operator() \g /dev/null

-- Whoever waits for some of its weekdays: a teacher was asked for Thursdays.
select tests.section('Asks', '{2,4}', p_capacity => 1) as asks \gset
select tests.require(:asks, '{"kind": "teacher_approval"}') as rule \gset
select s.class_id as class from catalog.sections as s where s.id = :asks \gset
select is(pg_temp.save(:manager, :'asks', 'true'), 'saved', 'a class that asks for approval');
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.as_family(
    :family,
    format(
        'api.request_approval(%s, %s, section_id => %s, weekdays => ''{4}'')', :student, :class,
        :asks
    )
) as approval \gset
select is(
    tests.what_if(
        'select null', format('pg_temp.save(%s, %L, ''false'')', :manager, :asks)
    ),
    '"saved"', 'a wish keeps nothing'
);
select is(
    tests.what_if(
        format('update catalog.sections set sold_by_weekday = false where id = %s', :asks),
        format(
            '(tests.as_staff(%s, ''api.decide_approval(%s, true)''), (select count(*)
            from enrollment.waitlist_entries as w where w.section_id = %s))',
            :staff, :approval, :asks
        )
    ) -> 'f2',
    '0', 'approved when they are sold no more, the student is approved for the class'
);
select tests.act_as_operator() \g /dev/null
select tests.as_staff(:staff, format('api.decide_approval(%s, true)', :approval)) \g /dev/null
select is(
    (
        select w.status from enrollment.waitlist_entries as w
        inner join enrollment.cart_items as i on w.cart_id = i.cart_id
        where w.section_id = :asks and i.weekdays = '{4}'
    ),
    'offered', 'Thursdays are offered'
);
select is(pg_temp.save(:manager, :'asks', 'false'), 'weekdays_sold', 'an offer of Thursdays');
select is(
    (
        select bool_and(extract(isodow from m.held_on) = 4)
        from enrollment.seats as s
        inner join catalog.meetings as m on s.section_id = m.section_id and s.dates @> m.held_on
        where s.section_id = :asks and s.status = 'offered'
    ),
    true, 'which keeps Thursdays alone'
);
select * from finish();
rollback;
