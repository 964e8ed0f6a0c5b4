create or replace function payment.post_refund(p_refund_id bigint)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_refund payment.refunds;
    v_sources constant text [] := array[
        'price_reduction', 'price_restored', 'price_reduced_again', 'price_restored_again'
    ];
    v_turns integer;
    v_is_lowered boolean;
    v_amount_minor bigint;
    v_posted integer := 0;
begin
    select r.* into strict v_refund
    from payment.refunds as r
    where r.studio_id = auth.studio_id() and r.id = p_refund_id;
    -- Lowered and restored by turns: one that had failed may be done after all.
    select count(*)::integer into v_turns
    from payment.ledger_postings as p
    where
        p.studio_id = v_refund.studio_id
        and p.source = any(v_sources)
        and p.source_id = p_refund_id;
    v_is_lowered := v_turns % 2 = 1;
    v_amount_minor
    := case when v_is_lowered then -1 else 1 end * v_refund.price_reduction_minor;
    if v_is_lowered = (v_refund.status = 'failed') then
        v_posted := payment.post(
            v_sources[v_turns + 1],
            p_refund_id,
            v_refund.family_id,
            v_refund.registration_id,
            studio.local_date(
                case when v_turns = 0 then v_refund.requested_at else v_refund.settled_at end
            ),
            jsonb_build_object('refunds', v_amount_minor, 'receivable', - v_amount_minor)
        )::integer;
    end if;
    if v_refund.kind = 'offline' and v_refund.status = 'done' then
        v_posted := v_posted + payment.post(
            'offline_refund',
            p_refund_id,
            v_refund.family_id,
            v_refund.registration_id,
            studio.local_date(v_refund.settled_at),
            jsonb_build_object('receivable', v_refund.amount_minor, 'cash', - v_refund.amount_minor)
        )::integer;
    end if;
    return v_posted;
end;
$$;
alter function payment.post_refund(bigint) owner to payment;
comment on function payment.post_refund(bigint) is
$$Post what a refund does to a price, and money that staff handed back; answers how many postings.

Nobody owes what is refunded, from when it is asked for; if it fails they do again, until it is done
after all. The money of a card goes with the gateway's transaction (payment.post_transaction()).$$;
