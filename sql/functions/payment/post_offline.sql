create or replace function payment.post_offline(p_offline_payment_id bigint)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_payment payment.offline_payments;
    v_posted integer;
begin
    select o.* into strict v_payment
    from payment.offline_payments as o
    where o.studio_id = auth.studio_id() and o.id = p_offline_payment_id;
    v_posted := payment.post(
        'offline_payment',
        p_offline_payment_id,
        v_payment.family_id,
        v_payment.registration_id,
        v_payment.received_on,
        jsonb_build_object('cash', v_payment.amount_minor, 'receivable', - v_payment.amount_minor)
    )::integer;
    if v_payment.status = 'returned' then
        v_posted := v_posted + payment.post(
            'returned_payment',
            p_offline_payment_id,
            v_payment.family_id,
            v_payment.registration_id,
            v_payment.returned_on,
            jsonb_build_object(
                'receivable', v_payment.amount_minor, 'returned_items', - v_payment.amount_minor
            )
        )::integer;
    end if;
    return v_posted;
end;
$$;
alter function payment.post_offline(bigint) owner to payment;
comment on function payment.post_offline(bigint) is
$$Post money that came without a card, and that the bank sent it back; answers how many postings.

What came back is owed again, and stands beside the cash as what it is.$$;
