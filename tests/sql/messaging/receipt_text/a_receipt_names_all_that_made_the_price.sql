begin;
set local search_path = tap, public;
select plan(2);
select tests.worker() as staff \gset
select tests.section('Receipt', '{1}') as section \gset
select tests.add_on(:section, 'early', 2000);
select tests.family() as family \gset
select tests.student(:family) as student \gset
select tests.cart(:student, :section) as cart \gset
select tests.want(:cart, :section, 'early');
select tests.as_staff(
    :staff,
    format(
        'api.adjust_price(%s, %s, ''proration'', ''Joined in week 4'', -10000, ''late'')',
        tests.term(), :student
    )
) as adjustment \gset
select tests.as_staff(
    :staff,
    format(
        'api.set_line_price(%s, %s, ''fee'', ''registration'', 0, ''a gift'')', tests.term(),
        :student
    )
) as line \gset
select tests.as_staff(
    :staff, format('api.grant_credit(%s, 99999, ''injured'')', :family)
) as credit \gset
select tests.use_credit(:cart);
select tests.confirmed(:cart) as registration \gset
-- 796.43 + 65 + 15 + 40 + 20 - 40 - 100 = 796.43
select is(
    (
        select string_agg(btrim(regexp_replace(l.line, '\s+', ' ', 'g')), E'\n' order by l.number)
        from regexp_split_to_table(
            tests.value(format('messaging.receipt_text(%s)', :registration)) #>> '{}', '\n'
        ) with ordinality as l (line, number)
        where l.line !~ '^(Sofia|  Receipt|$)'
    ),
    E'Tuition, Senior, 1 day a week 796.43\n'
    'Costume 65.00\n'
    'Recital video 15.00\n'
    'Registration 40.00\n'
    'Early, Receipt 20.00\n'
    'Price set by the studio: Registration -40.00\n'
    'Joined in week 4 -100.00\n'
    'Subtotal 796.43\n'
    'Credit -796.43\n'
    'Total (USD) 0.00',
    'each line in words and in its place'
);
select is(
    (select c.left_minor from api.credits as c where c.id = :credit), 20356::bigint,
    'the rest is left'
);
select * from finish();
rollback;
