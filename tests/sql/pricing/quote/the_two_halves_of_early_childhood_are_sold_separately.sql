-- A rate of early childhood is for nine classes: both halves of the term cost two of it.
begin;
set local search_path = tap, public;
select plan(5);
select t.starts_on from catalog.terms as t where t.id = tests.term() \gset
select tests.section(
    'Halves', '{2}', 'early_childhood', p_ends_on => date :'starts_on' + 61
) as first_half \gset
select tests.section(
    'Halves', '{2}', 'early_childhood', p_starts_on => date :'starts_on' + 84
) as second_half \gset
select tests.cart(tests.student(tests.family()), :first_half, :second_half) as both_cart \gset
select is(
    tests.amount(tests.quote(:both_cart), 'early_childhood'), 2 * 39411::bigint,
    'both halves in one cart cost twice one half'
);
select array_agg(l.label) as labels from tests.lines(tests.quote(:both_cart)) as l
where l.kind = 'tuition' \gset
select is(
    :'labels'::text,
    format(
        '{"Tuition, Early Childhood, 1 day a week, from %s",'
        '"Tuition, Early Childhood, 1 day a week, from %s"}',
        to_char(date :'starts_on', 'Mon FMDD'), to_char(date :'starts_on' + 84, 'Mon FMDD')
    ),
    'each says which it is'
);
select tests.confirmed(:both_cart) as both \gset
select tests.value(format('messaging.receipt_text(%s)', :both)) #>> '{}' as receipt \gset
select ok(
    :'receipt' like format(
        '%%, %s to %s%%',
        to_char(date :'starts_on', 'Mon FMDD'), to_char(date :'starts_on' + 61, 'Mon FMDD')
    ),
    'so does the receipt'
);
select ok(
    :'receipt' ~ 'Early Childhood, 1 day a week, from [A-Z][a-z]+ [0-9]+ +394\.11\n',
    'in which no label is cut'
);
select tests.student(tests.family()) as later \gset
select tests.cart(:later, :first_half) as first_cart \gset
select tests.confirmed(:first_cart) as registration \gset
select tests.cart(:later, :second_half) as second_cart \gset
select is(
    tests.amount(tests.quote(:second_cart), 'early_childhood'), 39411::bigint,
    'the second half costs the same when it is bought later'
);
select * from finish();
rollback;
