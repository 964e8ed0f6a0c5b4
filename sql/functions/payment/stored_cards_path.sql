create or replace function payment.stored_cards_path(p_payment payment.payments)
returns text
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select '/shoppers/' || s.gateway_id || '/stored-cards?limit=200'
        from payment.shoppers as s
        where s.studio_id = p_payment.studio_id and s.id = p_payment.shopper_id
    );
end;
$$;
alter function payment.stored_cards_path(payment.payments) owner to payment;
comment on function payment.stored_cards_path(payment.payments) is
$$Where the gateway lists the cards that it keeps for a payment's shopper.$$;
