create or replace function payment.settle_decline(p_payment_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_sale payment.transactions;
begin
    select t.* into v_sale
    from payment.payments as p
    inner join payment.transactions as t
        on p.studio_id = t.studio_id and p.family_id = t.family_id and p.id = t.payment_id
    where
        p.studio_id = auth.studio_id()
        and p.id = p_payment_id
        and t.type = 'sale'
    -- One that is pending or held for review may still be authorized.
    order by t.state_rank >= payment.state_rank('authorized'), t.id desc
    limit 1;
    if v_sale.state_rank >= payment.state_rank('authorized') then
        perform payment.decline_charge(
            p_payment_id,
            coalesce(v_sale.failure_reason, v_sale.failure_code, v_sale.state),
            'doNotResubmit' in (
                coalesce(v_sale.failure_code, ''), coalesce(v_sale.failure_reason, '')
            )
        );
    end if;
end;
$$;
alter function payment.settle_decline(bigint) owner to payment;
comment on function payment.settle_decline(bigint) is
$$Decline the payment of a stored card whose charge came to an end without money.

Not while the gateway has yet to decide.$$;
