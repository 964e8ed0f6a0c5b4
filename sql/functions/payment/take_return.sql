create or replace function payment.take_return(
    p_return payment.transactions, p_reference text default null
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_is_done constant boolean
    := p_return.is_authorized and p_return.state_rank < payment.state_rank('declined');
    v_sale payment.transactions;
    v_refund payment.refunds;
    v_other payment.refunds;
    v_counted_minor bigint;
begin
    select t.* into v_sale
    from payment.transactions as t
    where
        t.studio_id = p_return.studio_id
        and t.merchant_account_id = p_return.merchant_account_id
        and t.gateway_id = p_return.parent_gateway_id
        and t.type = 'sale'
    for no key update;
    if not found then
        return;
    end if;
    -- Ours by what it says, by our reference, or the one void there is.
    select r.* into v_refund
    from payment.refunds as r
    where
        r.studio_id = v_sale.studio_id
        and r.family_id = v_sale.family_id
        and r.transaction_id = v_sale.id
        and (
            r.return_gateway_id = p_return.gateway_id
            or r.return_gateway_id is null and (
                r.reference = p_reference
                or p_return.type = 'void' and r.kind = 'void' and r.status <> 'failed'
            )
        )
    order by r.return_gateway_id is null, r.reference is distinct from p_reference, r.id
    limit 1;
    if not v_is_done then
        -- Refused, or taken back before it was settled.
        if
            v_refund.status = 'done'
            or (
                v_refund.status = 'pending'
                and p_return.state_rank >= payment.state_rank('declined')
            )
        then
            perform payment.finish_refund(
                v_refund.id, 'failed', p_return.gateway_id,
                coalesce(p_return.failure_code, p_return.state)
            );
        end if;
        return;
    elsif v_refund.status = 'done' then
        if v_refund.return_gateway_id is null then
            update payment.refunds as r
            set return_gateway_id = p_return.gateway_id
            where r.studio_id = v_refund.studio_id and r.id = v_refund.id;
        end if;
        return;
    end if;
    -- The gateway gives back no more than the sale: what is asked for beyond it can't come.
    loop
        select coalesce(sum(r.amount_minor), 0)::bigint into v_counted_minor
        from payment.refunds as r
        where
            r.studio_id = v_sale.studio_id
            and r.family_id = v_sale.family_id
            and r.transaction_id = v_sale.id
            and r.status <> 'failed'
            and r.id is distinct from v_refund.id;
        exit when v_counted_minor + p_return.amount_minor <= v_sale.amount_minor;
        select r.* into v_other
        from payment.refunds as r
        where
            r.studio_id = v_sale.studio_id
            and r.family_id = v_sale.family_id
            and r.transaction_id = v_sale.id
            and r.status = 'pending'
            and r.id is distinct from v_refund.id
        order by r.id desc
        limit 1;
        exit when not found;
        perform payment.finish_refund(
            v_other.id, 'failed', p_failure_code => 'refunded_otherwise'
        );
    end loop;
    if v_refund.id is null then
        if p_return.type = 'void' and not payment.is_posted('sale', v_sale.id) then
            -- It was held for review, and nothing had come in yet that could be given back.
            return;
        end if;
        perform payment.adopt_return(
            v_sale, p_return.type, p_return.amount_minor, p_return.gateway_id
        );
        return;
    end if;
    perform payment.finish_refund(
        v_refund.id, 'done', p_return.gateway_id, p_kind => p_return.type
    );
end;
$$;
alter function payment.take_return(payment.transactions, text) owner to payment;
comment on function payment.take_return(payment.transactions, text) is
$$Let a void or refund of the gateway be what became of one of our refunds, or a new one.

p_reference: the customReference it carries. One that was voided or rejected after all has failed.$$;
