create or replace function payment.match_payment(
    p_merchant_account_id bigint, p_purpose text, p_answer jsonb
)
returns bigint
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    -- The reference may sit on the transaction, its session, its parent or one we know already.
    select p.id
    from payment.payments as p
    where
        p.studio_id = auth.studio_id()
        and p.merchant_account_id = p_merchant_account_id
        and case
            when p_purpose = 'fetch_session'
                then
                    p.session_ref = p_answer ->> 'id'
                    -- Made once more after a lost answer: nobody was told of the first one.
                    or p.reference = p_answer ->> 'customReference'
            else
                p.reference in (p_answer ->> 'orderReference', p_answer ->> 'customReference')
                or p.session_ref = payment.href_id(p_answer ->> 'paymentSession')
                or exists (
                    select
                    from payment.transactions as t
                    where
                        t.studio_id = p.studio_id
                        and t.family_id = p.family_id
                        and t.payment_id = p.id
                        and t.gateway_id in (
                            p_answer ->> 'id', payment.href_id(p_answer ->> 'parentTransaction')
                        )
                )
        end
    order by p.id
    limit 1
$$;
alter function payment.match_payment(bigint, text, jsonb) owner to payment;
comment on function payment.match_payment(bigint, text, jsonb) is
$$The payment of ours that a transaction or session of the gateway is about; null: none.$$;
