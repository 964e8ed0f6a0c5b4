begin;
set local search_path = tap, public;
select plan(19);
select tests.section('Caused') as section \gset
select tests.cart(tests.student(tests.family()), :section) as cart \gset
select tests.held(:cart) as registration \gset
select tests.payment(:registration) as payment \gset
create function pg_temp.as_role(name text, statement text) returns text language plpgsql as $$
declare
    v_code text;
begin
    perform tests.act_as_deploy();
    perform set_config('role', name, true);
    v_code := tests.error_code(statement);
    perform tests.act_as_operator();
    return v_code;
end;
$$;
-- Direct SQL as the owner of registrations.
select is(
    pg_temp.as_role(
        'enrollment',
        format(
            'update enrollment.registrations set status = ''confirmed'' where id = %s',
            :registration
        )
    ),
    '23514', 'confirmed without a confirmation: the check refuses it'
);
select is(
    pg_temp.as_role(
        'enrollment',
        format(
            'update enrollment.registrations set status = ''confirmed'', confirmation_id = 0
            where id = %s',
            :registration
        )
    ),
    '23503', 'with one that is not there: the foreign key'
);
select tests.confirmed(tests.cart(tests.student(tests.family()), :section)) as other \gset
select is(
    pg_temp.as_role(
        'enrollment',
        format(
            'update enrollment.registrations
            set status = ''confirmed'', confirmation_id = (select confirmation_id
            from enrollment.registrations where id = %s) where id = %s',
            :other, :registration
        )
    ),
    '23503', 'with another registration''s: the foreign key'
);
select is(
    pg_temp.as_role(
        r.name,
        format(
            'insert into enrollment.confirmations
            (studio_id, family_id, registration_id, cause, amount_minor)
            select studio_id, family_id, id, ''nothing_due'', 0 from enrollment.registrations
            where id = %s',
            :registration
        )
    ),
    '42501', r.name || ' may not write a confirmation'
)
from (values ('enrollment'), ('payment'), ('pricing'), ('messaging')) as r (name);
select is(
    pg_temp.as_role(
        'confirmer',
        format(
            'update enrollment.registrations set status = ''confirmed'' where id = %s',
            :registration
        )
    ),
    '42501', 'confirmer may not change a registration'
);
select is(
    pg_temp.as_role(
        'confirmer',
        format('delete from enrollment.confirmations where registration_id = %s', :other)
    ),
    'append_only', 'nor take a confirmation back'
);

-- The function that may, reads the cause for itself.
create function pg_temp.confirms(registration bigint, transaction text)
returns boolean language sql as $$
    select tests.value(
        format('enrollment.record_confirmation(%s, %s)', registration, transaction)
    ) <> 'null'
$$;
select is(pg_temp.confirms(:registration, 'null'), null, 'something is due, nothing was paid');
select is(pg_temp.confirms(:registration, '0'), null, 'a transaction that is not there');
select is(
    pg_temp.confirms(:registration, (select max(t.id)::text from payment.transactions as t)), null,
    'a transaction of another payment'
);
-- The same family paid just as much for something else.
select tests.family() as family \gset
select tests.student(:family, 'One') as one \gset
select tests.cart(:one, :section) as cart \gset
select tests.override(tests.worker(), :one, :section, 74643) as override \gset
select tests.confirmed(:cart) as paid \gset
select tests.held(tests.cart(tests.student(:family, 'Two'), :section)) as unpaid \gset
select tests.payment(:unpaid) as unpaid_payment \gset
select is(
    pg_temp.confirms(
        :unpaid,
        (select c.transaction_id::text from enrollment.confirmations as c
        inner join enrollment.registrations as r on c.registration_id = r.id
        inner join enrollment.registrations as u on u.id = :unpaid and u.total_minor = r.total_minor
        where r.id = :paid)
    ),
    null, 'a transaction of the family''s other registration, of the same amount'
);
-- A sale as it should be, and what may be wrong with it.
select tests.run(
    format(
        $$insert into payment.transactions (
            studio_id, family_id, payment_id, merchant_account_id, gateway_id, type, state,
            state_rank, is_authorized, amount_minor, currency
        )
        select studio_id, family_id, id, merchant_account_id, 'direct', 'sale', 'authorized', 30,
        true, amount_minor, currency
        from payment.payments where id = %s$$, :payment
    )
);
select t.id as transaction from payment.transactions as t where t.gateway_id = 'direct' \gset
select is(
    tests.what_if(
        format('update payment.transactions set %s where id = %s', c.setting, :transaction),
        format('pg_temp.confirms(%s, ''%s'')', :registration, :transaction)
    ),
    null, c.what
)
from (
    values
    ('amount_minor = amount_minor - 1', 'a cent too little'),
    ('currency = ''CAD''', 'another currency'),
    ('is_authorized = false', 'not authorized'),
    ('state = ''declined''', 'declined'),
    ('type = ''void''', 'a void')
) as c (setting, what);
select is(pg_temp.confirms(:registration, :'transaction'), true, 'the exact amount, authorized');
select * from finish();
rollback;
