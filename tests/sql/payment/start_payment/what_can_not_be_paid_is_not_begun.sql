begin;
set local search_path = tap, public;
select plan(13);
select tests.section('Begun', p_capacity => null) as section \gset
select tests.family() as family \gset
select tests.held(tests.cart(tests.student(:family), :section)) as registration \gset
create function pg_temp.start(
    family bigint, registration bigint, back text default '''https://a.b'''
) returns text language sql as $$
    select coalesce(
        tests.family_error_code(
            family, format('api.start_payment(%s, ''https://a.b'', %s)', registration, back)
        ), 'begun'
    )
$$;
select is(pg_temp.start(:family, :registration, w.back), 'invalid_return_url', w.back)
from (
    values
    ('null'), ('''''' ), ('''a.b'''), ('''ftp://a.b'''), ('''javascript:alert(1)'''),
    ('''https://a.b@c.d'''), ('''https://a.b:port/'''), ('''https://a.b/ c'''),
    (format('''https://a.b/%s''', repeat('x', 2048)))
) as w (back);
select is(pg_temp.start(:family, 0), 'registration_not_found', 'no such registration');
select is(
    pg_temp.start(tests.family('Cole'), :registration), 'registration_not_found',
    'another family''s is none either'
);
-- A studio that has no account at the gateway any more.
select tests.run('update payment.merchant_accounts set status = ''inactive'' where code = ''aydt''');
select is(pg_temp.start(:family, :registration), 'payment_not_set_up', 'nobody could take the money');
select is(
    (select count(*) from payment.payments as p where p.registration_id = :registration), 0::bigint,
    'nothing was begun'
);
select * from finish();
rollback;
