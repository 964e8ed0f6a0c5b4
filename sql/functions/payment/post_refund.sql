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
    v_posted integer := 0;
begin
    select r.* into strict v_refund
    from payment.refunds as r
    where r.studio_id = auth.studio_id() and r.id = p_refund_id;
    if v_refund.status <> 'failed' then
        v_posted := payment.post(
            'price_reduction',
            p_refund_id,
            v_refund.family_id,
            v_refund.registration_id,
            studio.local_date(v_refund.requested_at),
            jsonb_build_object(
                'refunds', v_refund.price_reduction_minor,
                'receivable', - v_refund.price_reduction_minor
            )
        )::integer;
    elsif payment.is_posted('price_reduction', p_refund_id) then
        v_posted := payment.post(
            'price_restored',
            p_refund_id,
            v_refund.family_id,
            v_refund.registration_id,
            studio.local_date(v_refund.settled_at),
            jsonb_build_object(
                'receivable', v_refund.price_reduction_minor,
                'refunds', - v_refund.price_reduction_minor
            )
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

Nobody owes what is refunded, from when it is asked for; if it fails they do again. The money of a
card goes with the gateway's transaction (payment.post_transaction()).$$;
