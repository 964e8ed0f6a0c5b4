create or replace function payment.count_refunds()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- By a statement of its own: the next one then sees what somebody else was just adding.
    perform
    from payment.transactions as t
    where t.studio_id = new.studio_id and t.id = new.transaction_id
    for no key update;
    update payment.transactions as t
    set refunded_minor = s.refunded_minor
    from (
        select coalesce(sum(r.amount_minor), 0)::bigint as refunded_minor
        from payment.refunds as r
        where
            r.studio_id = new.studio_id
            and r.family_id = new.family_id
            and r.transaction_id = new.transaction_id
            and r.status <> 'failed'
    ) as s
    where
        t.studio_id = new.studio_id
        and t.id = new.transaction_id
        and t.refunded_minor <> s.refunded_minor;
    perform
    from payment.offline_payments as o
    where o.studio_id = new.studio_id and o.id = new.offline_payment_id
    for no key update;
    update payment.offline_payments as o
    set refunded_minor = s.refunded_minor
    from (
        select coalesce(sum(r.amount_minor), 0)::bigint as refunded_minor
        from payment.refunds as r
        where
            r.studio_id = new.studio_id
            and r.family_id = new.family_id
            and r.offline_payment_id = new.offline_payment_id
            and r.status <> 'failed'
    ) as s
    where
        o.studio_id = new.studio_id
        and o.id = new.offline_payment_id
        and o.refunded_minor <> s.refunded_minor;
    return null;
end;
$$;
alter function payment.count_refunds() owner to payment;
comment on function payment.count_refunds() is
$$Keep how much of a sale or of a payment without a card is given back or about to be.

Under the lock of its row, where a CHECK compares it with the amount: two who refund it at once are
counted one after the other.$$;

create or replace trigger _100_count_refunds
after insert or update of status, amount_minor on payment.refunds
for each row execute function payment.count_refunds();
