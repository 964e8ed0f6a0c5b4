create or replace function payment.unmatched()
returns table (kind text, since timestamptz, family_id bigint, details jsonb)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- A batch has every family's transactions.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_late constant timestamptz
    := now() - make_interval(days => (studio.settings_of()).settlement_days);
begin
    return query
    select d.kind, b.opened_at, d.family_id, d.details
    from payment.batches as b
    cross join lateral payment.batch_differences(b) as d
    where b.studio_id = v_studio_id and b.matched_at is null and b.read_at is not null
    union all
    select
        'batch_not_settled',
        b.opened_at,
        null::bigint,
        jsonb_build_object('batch', b.gateway_id, 'state', b.state, 'net_minor', b.net_minor)
    from payment.batches as b
    where
        b.studio_id = v_studio_id
        and b.matched_at is null
        and b.read_at is null
        and b.opened_at < v_late
    union all
    select
        case
            when t.currency <> studio.currency() then 'other_currency'
            when t.state = 'settled' then 'in_no_batch'
            else 'not_settled'
        end,
        t.updated_at,
        t.family_id,
        jsonb_build_object(
            'transaction', t.gateway_id,
            'type', t.type,
            'state', t.state,
            'amount_minor', t.amount_minor,
            'currency', t.currency
        )
    from payment.transactions as t
    where
        t.studio_id = v_studio_id
        and t.batch_id is null
        and t.type in ('sale', 'refund')
        and t.state in ('authorized', 'captured', 'settlementDelayed', 'settled')
        and (t.updated_at < v_late or t.currency <> studio.currency())
        and payment.is_live(t);
end;
$$;
alter function payment.unmatched() owner to payment;
grant execute on function payment.unmatched() to staff;
comment on function payment.unmatched() is
$$Where the gateway's batches and the ledger disagree; gone as soon as they agree.

Exposed as api.unmatched. For staff.$$;
