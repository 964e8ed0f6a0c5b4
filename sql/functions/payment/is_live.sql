create or replace function payment.is_live(p_transaction payment.transactions)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return p_transaction.is_authorized
    and p_transaction.state in ('authorized', 'captured', 'settled', 'settlementDelayed')
    and (
        p_transaction.type = 'refund'
        or (
            p_transaction.type = 'sale'
            -- A void that was accepted counts before the sale itself says so.
            and not exists (
                select
                from payment.transactions as v
                where
                    v.studio_id = p_transaction.studio_id
                    and v.family_id = p_transaction.family_id
                    and v.payment_id = p_transaction.payment_id
                    and v.type = 'void'
                    and v.is_authorized
                    and v.parent_gateway_id = p_transaction.gateway_id
            )
        )
    );
end;
$$;
alter function payment.is_live(payment.transactions) owner to payment;
comment on function payment.is_live(payment.transactions) is
$$Whether money is with us or on its way by a sale, or gone or going by a refund.

payment.paid_minor() counts these, and the ledger posts them.$$;
