begin;
set local search_path = tap, public;
\ir table.psql
-- Recorded by staff: all that a registration costs.
create function pg_temp.recorded(p_kind text) returns bigint language plpgsql as $$
declare
    v_registration_id constant bigint := tests.held(
        tests.cart(tests.student(tests.family()), pg_temp.section('States'))
    );
begin
    return (
        select pg_temp.as_desk(
            format('api.record_payment(%s, %L, %s, ''4711'')', r.id, p_kind, r.total_minor)
        ) -> 'offline_payment_id'
        from enrollment.registrations as r where r.id = v_registration_id
    );
end;
$$;
create function pg_temp.refunded(p_id bigint, p_part integer) returns bigint language sql as $$
    select pg_temp.as_desk(
        format(
            'api.refund_payment(
                reason => ''it goes back'', offline_payment_id => %s, amount_minor => %s)',
            o.id, o.amount_minor / p_part
        )
    )
    from payment.offline_payments as o where o.id = p_id;
    select p_id
$$;
create function pg_temp.comes_back(p_id bigint, p_days integer default 0) returns bigint
language sql as $$
    select pg_temp.as_desk(
        format('api.return_check(%s, ''no funds'', %L)', o.id, o.received_on - p_days)
    )
    from payment.offline_payments as o where o.id = p_id;
    select p_id
$$;
create function pg_temp.recorded_again(p_id bigint) returns void language sql as $$
    select pg_temp.as_desk(
        format('api.record_payment(%s, ''cash'', %s)', o.registration_id, o.amount_minor)
    )
    from payment.offline_payments as o where o.id = p_id
$$;
create function pg_temp.class_ends(p_id bigint) returns void language sql as $$
    select pg_temp.as_desk(format('api.cancel_enrollment(%s, ''moved away'')', e.id))
    from payment.offline_payments as o
    inner join enrollment.enrollments as e on o.registration_id = e.registration_id
    where o.id = p_id
$$;
insert into states (state, make, acts) values
('received, cash', $$pg_temp.recorded('cash')$$, null),
('received, check', $$pg_temp.recorded('check')$$, null),
('received, ach', $$pg_temp.recorded('ach')$$, null),
('received, half refunded', $$pg_temp.recorded('check')$$, 'select pg_temp.refunded({id}, 2)'),
('received, all refunded', $$pg_temp.recorded('check')$$, 'select pg_temp.refunded({id}, 1)'),
('returned', $$pg_temp.recorded('check')$$, 'select pg_temp.comes_back({id})');
insert into events (event, act) values
('comes back', 'select pg_temp.comes_back({id})'),
('comes back before it came', 'select pg_temp.comes_back({id}, 1)'),
('all refunded', 'select pg_temp.refunded({id}, 1)'),
('half refunded', 'select pg_temp.refunded({id}, 2)'),
('recorded again', 'select pg_temp.recorded_again({id})'),
('class ends', 'select pg_temp.class_ends({id})');
-- The payment, its registration, what is given back and what the registration owes.
create function pg_temp.shown(p_id bigint) returns text language sql as $$
    select concat_ws(
        ' / ',
        o.status,
        r.status,
        pg_temp.back(r.id),
        (
            select case b.minor::bigint when o.amount_minor then 'owes all' else 'owes some' end
            from tests.value(
                format('payment.balance_minor(%s, %s)', r.family_id, r.id)
            ) as b (minor)
            where b.minor::bigint > 0
        )
    )
    from payment.offline_payments as o
    inner join enrollment.registrations as r on o.registration_id = r.id
    where o.id = p_id
$$;
select pg_temp.read($table$
received, cash
    comes back                 refused: payment_not_returnable
    comes back before it came  refused: payment_not_returnable
    all refunded               received / refunded / staff offline done
    half refunded              received / confirmed / staff offline done
    recorded again             refused: payment_exceeds_due
    class ends                 received / confirmed
received, check
    comes back                 returned / partial / owes all
    comes back before it came  refused: returned_on_invalid
    all refunded               received / refunded / staff offline done
    half refunded              received / confirmed / staff offline done
    recorded again             refused: payment_exceeds_due
    class ends                 received / confirmed
received, ach
    comes back                 returned / partial / owes all
    comes back before it came  refused: returned_on_invalid
    all refunded               received / refunded / staff offline done
    half refunded              received / confirmed / staff offline done
    recorded again             refused: payment_exceeds_due
    class ends                 received / confirmed
received, half refunded
    comes back                 refused: payment_refunded
    comes back before it came  refused: payment_refunded
    all refunded               refused: refund_exceeds_paid
    half refunded              received / confirmed / 2 staff offline done
    recorded again             refused: payment_exceeds_due
    class ends                 received / confirmed / staff offline done
received, all refunded
    comes back                 refused: payment_refunded
    comes back before it came  refused: payment_refunded
    all refunded               refused: nothing_to_refund
    half refunded              refused: nothing_to_refund
    recorded again             refused: registration_closed
    class ends                 refused: enrollment_not_live
returned
    comes back                 refused: payment_not_returnable
    comes back before it came  refused: payment_not_returnable
    all refunded               refused: nothing_to_refund
    half refunded              refused: nothing_to_refund
    recorded again             returned / confirmed
    class ends                 returned / confirmed
$table$);
select plan((select count(*) + 1 from cells)::integer);
select set_eq(
    'select distinct split_part(s.state, '','', 1) from states as s',
    'select s from pg_temp.statuses(''offline_payments_status_known'') as s',
    'every status of money without a card'
);
select pg_temp.run_cells();
select * from finish();
rollback;
