begin;
set local search_path = tap, public;
select plan(33);
select tests.section('Picked camp', '{1,2}', p_mode => 'tiered') as camp \gset
select tests.section('Other camp', '{3}', p_mode => 'tiered') as other_camp \gset
select tests.section('Picked dates', '{4}', p_mode => 'drop_in') as drop_in \gset
select tests.section('Picked whole', '{5}') as standard \gset
select tests.run(
    format(
        'insert into catalog.section_tiers
        (studio_id, section_id, code, name, starts_at, ends_at, position, is_offered)
        values
        (auth.studio_id(), %1$s, ''withdrawn'', ''Withdrawn'', ''10:00'', ''11:00'', 3, false),
        (auth.studio_id(), %2$s, ''theirs'', ''Theirs'', ''10:00'', ''11:00'', 3, true)',
        :camp, :other_camp
    )
);
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.as_family(:family, format('api.open_cart(%s)', tests.term())) as cart \gset
select (tests.dates(:drop_in, 3))[1] as one, (tests.dates(:drop_in, 3))[2] as two,
    (tests.dates(:drop_in, 3))[3] as three \gset
create function pg_temp.refusal(
    family bigint, cart bigint, student bigint, section bigint, choice text
)
returns text language sql as $$
    select tests.family_error_code(
        family, concat_ws(', ', format('api.put_cart_item(%s', cart), student, section, choice)
        || ')'
    )
$$;
select is(
    pg_temp.refusal(:family, :cart, :student, :camp, null), 'tier_required', 'a camp without a tier'
);
select is(
    pg_temp.refusal(:family, :cart, :student, :camp, 'tier => ''night'''), 'tier_unknown',
    'a tier there is not'
);
select is(
    pg_temp.refusal(:family, :cart, :student, :camp, 'tier => '''''), 'tier_unknown', 'an empty one'
);
select is(
    pg_temp.refusal(:family, :cart, :student, :camp, 'tier => ''theirs'''), 'tier_unknown',
    'one of another section'
);
select is(
    pg_temp.refusal(:family, :cart, :student, :camp, 'tier => ''withdrawn'''), 'tier_unknown',
    'one that is no longer offered'
);
select is(
    pg_temp.refusal(
        :family, :cart, :student, :camp, format('tier => ''all_day'', dates => ''{%s}''', :'one')
    ),
    'dates_not_offered', 'dates of a camp'
);
select is(
    pg_temp.refusal(:family, :cart, :student, :standard, 'tier => ''all_day'''),
    'tier_not_offered', 'a tier of a class by rate table'
);
select is(
    pg_temp.refusal(:family, :cart, :student, :standard, format('dates => ''{%s}''', :'one')),
    'dates_not_offered', 'dates of one'
);
select is(
    pg_temp.refusal(:family, :cart, :student, :standard, 'dates => ''{}'''),
    'dates_not_offered', 'none of them is still a choice of dates'
);
select is(
    pg_temp.refusal(:family, :cart, :student, :drop_in, null), 'dates_required',
    'a class by date without dates'
);
select is(
    pg_temp.refusal(:family, :cart, :student, :drop_in, 'dates => ''{}'''), 'dates_required',
    'with none'
);
select is(
    pg_temp.refusal(
        :family, :cart, :student, :drop_in,
        format('tier => ''all_day'', dates => ''{%s}''', :'one')
    ),
    'tier_not_offered', 'with a tier'
);
select is(
    pg_temp.refusal(
        :family, :cart, :student, :drop_in, format('dates => ''{%s,%s}''', :'one', :'one')
    ),
    'dates_invalid', 'with a date twice'
);
select is(
    pg_temp.refusal(
        :family, :cart, :student, :drop_in, format('dates => ''{%s,null}''', :'one')
    ),
    'dates_invalid', 'with no date among them'
);
select is(
    pg_temp.refusal(
        :family, :cart, :student, :drop_in, format('dates => ''{%s,%s}''', :'one', :'two'::date + 1)
    ),
    'date_unknown', 'on a day between'
);
select is(
    tests.family_error(
        :family,
        format(
            'api.put_cart_item(%s, %s, %s, dates => ''{2031-02-28}'')', :cart, :student, :drop_in
        )
    ) ->> 'message',
    'Picked dates is not held on Feb 28.', 'as a parent reads it'
);
-- What has begun is no longer sold; an hour before it is.
select tests.section(
    'Dates of today', '{1,2,3,4,5,6,7}', p_mode => 'drop_in', p_starts_at => '00:00',
    p_ends_at => '23:59',
    p_starts_on => (now() at time zone 'America/New_York')::date,
    p_ends_on => (now() at time zone 'America/New_York')::date + 1
) as today \gset
select (tests.dates(:today))[1] as this_day \gset
select is(
    pg_temp.refusal(:family, :cart, :student, :today, format('dates => ''{%s}''', :'this_day')),
    'date_past', 'what began at midnight, in the studio''s zone'
);
select tests.run(
    format(
        'update catalog.meetings set starts_at = now() + interval ''1 s'',
        ends_at = now() + interval ''1 h'' where section_id = %s and held_on = %L',
        :today, :'this_day'
    )
);
select is(
    pg_temp.refusal(:family, :cart, :student, :today, format('dates => ''{%s}''', :'this_day')),
    null, 'what begins in a second can be had'
);
select tests.run(format('delete from enrollment.cart_items where cart_id = %s', :cart));
select tests.run(
    format(
        'update catalog.meetings set status = ''cancelled'' where section_id = %s
        and held_on = %L', :drop_in, :'two'
    )
);
select is(
    pg_temp.refusal(:family, :cart, :student, :drop_in, format('dates => ''{%s}''', :'two')),
    'date_unknown', 'a date that is cancelled'
);
select is(
    tests.family_error(
        :family,
        format(
            'api.put_cart_item(%s, %s, %s, dates => %L)', :cart, :student, :drop_in,
            array[d.held_on]::date []
        )
    ) ->> 'message',
    'Picked dates is not held on that day.', 'one that no calendar shows: ' || d.held_on
)
from (values ('infinity'), ('5874897-12-31')) as d (held_on);
select is_empty(
    format('select from enrollment.cart_items where cart_id = %s', :cart), 'nothing was put'
);

-- What fits goes in, and is read as it was picked.
select tests.put(:cart, :student, :camp, 'tier => ''first_half''') as camp_item \gset
select tests.put(
    :cart, :student, :drop_in, format('dates => ''{%s,%s}''', :'three', :'one')
) as dates_item \gset
select is(
    (
        select t.code from enrollment.cart_items as i
        inner join catalog.section_tiers as t on i.tier_id = t.id
        where i.id = :camp_item
    ),
    'first_half', 'a tier'
);
select is(
    (select i.dates from enrollment.cart_items as i where i.id = :dates_item),
    array[:'one', :'three']::date [], 'dates, in their order'
);
select is(
    tests.as_family(
        :family, format('(select i.dates from api.cart_items as i where i.id = %s)', :dates_item)
    ),
    jsonb_build_array(:'one', :'three'), 'which the family reads'
);
select is(
    pg_temp.refusal(:family, :cart, :student, :drop_in, format('dates => ''{%s}''', :'one')),
    'already_in_cart', 'other dates of it go into one item'
);

-- Mode and choice are kept together by constraints, whoever writes.
create function pg_temp.constraint_of(setting text, item bigint) returns text language sql as $$
    select tests.error(
        format(
            'select tests.run(%L)',
            format('update enrollment.cart_items set %s where id = %s', setting, item)
        )
    ) ->> 'details'
$$;
select is(
    pg_temp.constraint_of('tier_id = null', :camp_item), 'cart_items_tier_by_mode', 'no tier'
);
select is(
    pg_temp.constraint_of('dates = null', :dates_item), 'cart_items_dates_by_mode', 'no dates'
);
select is(
    pg_temp.constraint_of('dates = ''{}''', :dates_item), 'cart_items_dates_given', 'empty dates'
);
select is(
    pg_temp.constraint_of(format('dates = ''{%s}''', :'one'), :camp_item),
    'cart_items_dates_by_mode', 'both'
);
select is(
    pg_temp.constraint_of(
        format(
            'tier_id = (select id from catalog.section_tiers where section_id = %s
            and code = ''all_day'')', :other_camp
        ), :camp_item
    ),
    'cart_items_tier_fkey', 'the tier of another section'
);
select is(
    pg_temp.constraint_of('price_mode = ''standard'', tier_id = null', :camp_item),
    'cart_items_section_fkey', 'another mode than the section''s'
);
select is(
    tests.error(
        format(
            'select tests.run(%L)',
            format(
                'update catalog.classes set price_mode = ''drop_in'' where id = (
                    select class_id from catalog.sections where id = %s
                )', :camp
            )
        )
    ) ->> 'details',
    'cart_items_dates_by_mode', 'a class that somebody has picked a tier of stays tiered'
);
select * from finish();
rollback;
