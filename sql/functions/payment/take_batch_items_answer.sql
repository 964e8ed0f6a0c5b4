create or replace function payment.take_batch_items_answer(
    p_call payment.gateway_calls, p_status integer, p_answer jsonb
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_batch_id constant bigint := p_call.resource::bigint;
    v_next constant text := substring(p_answer ->> 'next' from '\?([^\s#]+)$');
begin
    if p_status <> 200 then
        return;
    end if;
    insert into payment.batch_items (
        studio_id, batch_id, gateway_id, type, state, amount_minor, currency, reference,
        parent_gateway_id
    )
    select
        p_call.studio_id,
        v_batch_id,
        i.item ->> 'id',
        coalesce(i.item ->> 'type', 'unknown'),
        coalesce(i.item ->> 'state', 'unknown'),
        payment.minor_amount(i.item -> 'total'),
        i.item #>> '{total,currencyCode}',
        coalesce(i.item ->> 'orderReference', i.item ->> 'customReference'),
        payment.href_id(i.item ->> 'parentTransaction')
    from jsonb_array_elements(p_answer -> 'items') as i (item)
    on conflict on constraint batch_items_pkey do nothing;
    if v_next is not null then
        perform payment.queue_call(
            p_call.merchant_account_id,
            'list_batch_transactions',
            '/transactions?' || v_next,
            p_resource => p_call.resource
        );
        return;
    end if;
    update payment.batches as b
    set read_at = now()
    where b.studio_id = p_call.studio_id and b.id = v_batch_id and b.read_at is null;
    perform payment.match_batch(v_batch_id);
end;
$$;
alter function payment.take_batch_items_answer(payment.gateway_calls, integer, jsonb)
owner to payment;
comment on function payment.take_batch_items_answer(payment.gateway_calls, integer, jsonb) is
$$Take over a page of the transactions of a batch; ask for the next, or compare them all.$$;
