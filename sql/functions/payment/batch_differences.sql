create or replace function payment.batch_differences(p_batch payment.batches)
returns table (kind text, family_id bigint, details jsonb)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
set "callboard.family_id" = ''
as $$
begin
    return query
    select
        case
            when t.id is null then 'transaction_unknown'
            when t.amount_minor is distinct from i.amount_minor then 'amount_differs'
            when t.currency is distinct from i.currency then 'amount_differs'
            when t.batch_id is not null then 'batch_differs'
            else 'state_differs'
        end,
        t.family_id,
        jsonb_build_object(
            'batch', p_batch.gateway_id,
            'transaction', i.gateway_id,
            'type', i.type,
            'state', i.state,
            'amount_minor', i.amount_minor,
            'currency', i.currency,
            'our_state', t.state,
            'our_amount_minor', t.amount_minor
        )
    from payment.batch_items as i
    left join payment.transactions as t
        on
            i.studio_id = t.studio_id
            and i.gateway_id = t.gateway_id
            and t.merchant_account_id = p_batch.merchant_account_id
    where
        i.studio_id = p_batch.studio_id
        and i.batch_id = p_batch.id
        and t.batch_id is distinct from p_batch.id
    union all
    select
        'sums_differ',
        null::bigint,
        jsonb_build_object(
            'batch', p_batch.gateway_id,
            'currency', p_batch.currency,
            'debits_minor', p_batch.debits_minor,
            'credits_minor', p_batch.credits_minor,
            'net_minor', p_batch.net_minor,
            'our_debits_minor', s.debits_minor,
            'our_credits_minor', s.credits_minor
        )
    from (
        select
            coalesce(sum(i.amount_minor) filter (where i.type = 'sale'), 0) as debits_minor,
            coalesce(sum(i.amount_minor) filter (where i.type = 'refund'), 0) as credits_minor,
            count(*) filter (where i.type = 'sale') as debit_count,
            count(*) filter (where i.type = 'refund') as credit_count
        from payment.batch_items as i
        where i.studio_id = p_batch.studio_id and i.batch_id = p_batch.id
    ) as s
    where
        p_batch.read_at is not null
        and (
            (s.debits_minor, s.credits_minor, s.debits_minor - s.credits_minor)
            is distinct from (p_batch.debits_minor, p_batch.credits_minor, p_batch.net_minor)
            or (s.debit_count, s.credit_count)
            is distinct from (p_batch.debit_count, p_batch.credit_count)
        );
end;
$$;
alter function payment.batch_differences(payment.batches) owner to payment;
comment on function payment.batch_differences(payment.batches) is
$$In what a batch differs from our transactions, and in its sums from what it is made of.

See api.unmatched for the kinds. amounts: minor units.$$;
