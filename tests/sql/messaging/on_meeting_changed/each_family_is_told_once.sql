begin;
set local search_path = tap, public;
select plan(15);
select tests.worker() as staff \gset
select tests.section('Told', '{1}', p_starts_at => '19:30', p_ends_at => '23:30') as weekly \gset
select tests.section('Told by date', '{2}', p_mode => 'drop_in', p_capacity => 2) as dated \gset
select tests.date_price(:dated, 100) \g /dev/null
create function pg_temp.meeting(p_section bigint, p_number integer default 1) returns bigint
language sql as $$
    select m.id from catalog.meetings as m where m.section_id = p_section
    order by m.starts_at offset p_number - 1 limit 1
$$;
create function pg_temp.told(p_family bigint) returns text language sql as $$
    select coalesce(string_agg(m.template_code || ' ' || m.channel, ', ' order by m.id), 'nothing')
    from messaging.messages as m
    where m.family_id = p_family and m.template_code like 'class%'
$$;
create function pg_temp.words(p_family bigint, p_channel text) returns text language sql as $$
    select tests.value(
        format(
            '(select w.%I from messaging.messages as m cross join lateral messaging.render(m) as w
            where m.id = %s)',
            case p_channel when 'email' then 'subject' else 'body' end, max(m.id)
        )
    ) #>> '{}'
    from messaging.messages as m where m.family_id = p_family and m.channel = p_channel
    and m.template_code like 'class%'
$$;
-- Two children of one family, one of another that hasn't paid, one by date, one who only waits.
select tests.family() as two, tests.family() as pending, tests.family() as by_date, tests.family() as waiting \gset
select tests.confirmed(tests.cart(tests.student(:two, 'Ada'), :weekly)) as a,
tests.confirmed(tests.cart(tests.student(:two, 'Ben'), :weekly)) as b,
tests.held(tests.cart(tests.student(:pending), :weekly)) as c,
tests.confirmed(tests.cart(tests.student(:by_date), :dated)) as d \gset
select tests.run(format('update identity.guardians set sms_opt_in = true where family_id = %s', :pending));
select tests.as_staff(:staff, format('api.cancel_meeting(%s, ''x'', true)', pg_temp.meeting(:weekly))) \g /dev/null
select is(pg_temp.told(:two), 'nothing', 'a preview tells nobody');
-- Staff may act for one family meanwhile.
select tests.as_staff(:staff, format('api.cancel_meeting(%s, ''x'')', pg_temp.meeting(:weekly)), :by_date) \g /dev/null
select is(pg_temp.told(:two), 'class_cancelled email', 'a family of two is told once');
select is(pg_temp.told(:pending), 'class_cancelled email, class_cancelled sms', 'so is one that has yet to pay');
select is(pg_temp.told(:by_date), 'nothing', 'one of another class is not');
select alike(pg_temp.words(:two, 'email'), '%Told on %, 7:30 PM is cancelled', 'by the studio''s wall');
select alike(pg_temp.words(:pending, 'sms'), '%: Told on %, 7:30 PM is cancelled.', 'in few words by SMS');

-- Moved, and moved again.
select (select m.held_on from catalog.meetings as m where m.id = pg_temp.meeting(:weekly, 2)) as monday \gset
select pg_temp.meeting(:weekly, 2) as second \gset
select tests.as_staff(
    :staff, format('api.move_meeting(%s, %L, ''20:00'', ''21:00'')', :second, :'monday'::date + 1)
) \g /dev/null
select is(
    pg_temp.told(:two), 'class_cancelled email, class_moved email', 'of a move as well'
);
select is(
    (
        select replace(tests.value(format('(select w.body from messaging.messages as m cross join lateral messaging.render(m) as w where m.id = %s)', max(m.id))) #>> '{}', E'\n', ' ')
        from messaging.messages as m where m.family_id = :pending and m.channel = 'sms'
    ),
    format(
        '%s: Told of %s, 7:30 PM is held on %s, 8:00 PM instead.', s.name,
        to_char(:'monday'::date, 'FMDay, FMMonth FMDD'), to_char(:'monday'::date + 1, 'FMDay, FMMonth FMDD')
    ),
    'from when, and to when'
)
from studio.studios as s where s.slug = 'aydt';
select tests.as_staff(
    :staff, format('api.move_meeting(%s, %L, ''19:30'', ''23:30'')', :second, :'monday'::date)
) \g /dev/null
select is(
    pg_temp.told(:two), 'class_cancelled email, class_moved email, class_moved email', 'each time'
);
-- By date: whoever had the date.
select tests.as_staff(:staff, format('api.cancel_meeting(%s, ''x'')', pg_temp.meeting(:dated, 2))) \g /dev/null
select is(pg_temp.told(:by_date), 'nothing', 'a date that the family has not');
select tests.as_staff(:staff, format('api.cancel_meeting(%s, ''x'')', pg_temp.meeting(:dated))) \g /dev/null
select is(pg_temp.told(:by_date), 'class_cancelled email', 'and one that it had');
-- What nobody notices is not told: nothing changed for the family, or it is over.
select tests.as_staff(
    :staff, format('api.add_meeting(%s, %L, ''10:00'', ''11:00'')', :weekly, :'monday'::date + 2)
) \g /dev/null
select is(
    pg_temp.told(:two), 'class_cancelled email, class_moved email, class_moved email',
    'a meeting more is for staff to tell'
);
select tests.run(
    format(
        'update catalog.meetings set held_on = held_on - 140, starts_at = starts_at - interval ''140 d'',
        ends_at = ends_at - interval ''140 d'' where id = %s', :second
    )
);
select is(
    pg_temp.told(:two), 'class_cancelled email, class_moved email, class_moved email',
    'an operator''s change tells nobody'
);
select tests.run(
    format('update enrollment.seats set created_at = now() - interval ''1 y'' where section_id = %s', :weekly)
);
select tests.as_staff(:staff, format('api.cancel_meeting(%s, ''x'')', :second)) \g /dev/null
select is(
    pg_temp.told(:two), 'class_cancelled email, class_moved email, class_moved email',
    'nor does what is over'
);
-- A studio without the words.
select tests.run('delete from messaging.templates where code = ''class_cancelled''');
select tests.as_staff(:staff, format('api.cancel_meeting(%s, ''x'')', pg_temp.meeting(:weekly, 5))) \g /dev/null
select is(
    tests.value(
        format(
            '(select count(*) from messaging.messages as m cross join lateral messaging.render(m) as w where m.id = %s)',
            (select max(m.id) from messaging.messages as m where m.family_id = :two)
        )
    ), '0', 'without a template it is cancelled all the same'
);
select * from finish();
rollback;
