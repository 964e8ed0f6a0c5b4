create or replace function payment.post_transaction(p_transaction payment.transactions)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    -- Above 0 where money comes in.
    v_amount_minor constant bigint
    := case p_transaction.type when 'sale' then 1 else -1 end * p_transaction.amount_minor;
    v_registration_id bigint;
    v_is_live boolean;
    -- The account of what the money is for.
    v_account text;
    v_posted integer := 0;
begin
    -- A void has no money of its own; another currency's is in no account, and listed.
    if p_transaction.type = 'void' or p_transaction.currency <> studio.currency() then
        return 0;
    end if;
    v_is_live := payment.is_live(p_transaction);
    if not v_is_live and not payment.is_posted(p_transaction.type, p_transaction.id) then
        return 0;
    end if;
    select p.registration_id into strict v_registration_id
    from payment.payments as p
    where p.studio_id = p_transaction.studio_id and p.id = p_transaction.payment_id;
    v_account := case
        when payment.is_posted(
            'application',
            case p_transaction.type
                when 'sale' then p_transaction.id
                else (
                    select s.id
                    from payment.transactions as s
                    where
                        s.studio_id = p_transaction.studio_id
                        and s.merchant_account_id = p_transaction.merchant_account_id
                        and s.gateway_id = p_transaction.parent_gateway_id
                )
            end
        ) then 'receivable'
        else 'unapplied'
    end;
    if not v_is_live then
        return payment.post(
            'reversal',
            p_transaction.id,
            p_transaction.family_id,
            v_registration_id,
            studio.local_date(p_transaction.updated_at),
            jsonb_build_object(
                v_account, v_amount_minor,
                case
                    when payment.is_posted('settlement', p_transaction.id) then 'cash'
                    else 'cash_in_transit'
                end,
                - v_amount_minor
            )
        )::integer;
    end if;
    v_posted := payment.post(
        p_transaction.type,
        p_transaction.id,
        p_transaction.family_id,
        v_registration_id,
        studio.local_date(
            case
                -- Of one that is settled only the settlement is known to be of then.
                when p_transaction.state = 'settled' then p_transaction.created_at
                else p_transaction.updated_at
            end
        ),
        jsonb_build_object(
            'cash_in_transit', v_amount_minor,
            case p_transaction.type when 'sale' then 'unapplied' else v_account end,
            - v_amount_minor
        )
    )::integer;
    if p_transaction.state = 'settled' then
        v_posted := v_posted + payment.post(
            'settlement',
            p_transaction.id,
            p_transaction.family_id,
            v_registration_id,
            studio.local_date(p_transaction.updated_at),
            jsonb_build_object('cash', v_amount_minor, 'cash_in_transit', - v_amount_minor)
        )::integer;
    end if;
    return v_posted;
end;
$$;
alter function payment.post_transaction(payment.transactions) owner to payment;
comment on function payment.post_transaction(payment.transactions) is
$$Post what a transaction of the gateway has become, as far as it isn't; answers how many postings.

A sale that is authorized is money in transit, for nothing yet (payment.post_application()); settled
it is cash. One that is voided, or that the bank refuses later, is taken back from where it was. A
refund goes the other way, to be owed again by what its sale had paid.$$;
