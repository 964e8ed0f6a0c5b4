create or replace function payment.advance_card(p_payment_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_payment payment.payments;
    v_shopper_ref text;
    v_method_id bigint;
    v_tries bigint;
begin
    select p.* into strict v_payment
    from payment.payments as p
    where p.studio_id = v_studio_id and p.id = p_payment_id
    for no key update;
    if
        v_payment.status <> 'open'
        or v_payment.flow <> 'tokenise_first'
        or v_payment.hosted_card_ref is null
        -- What became of a charge is asked by its reference: payment.ask_charge().
        or exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = v_studio_id
                and c.payment_id = v_payment.id
                and (
                    c.purpose = 'charge_stored_card'
                    or (
                        c.status in ('queued', 'claimed')
                        and c.purpose in (
                            'fetch_hosted_card', 'find_stored_card', 'create_stored_card'
                        )
                    )
                )
        )
    then
        return;
    end if;
    -- The order is strict: card, stored card, charge. One call at a time is under way.
    if v_payment.card_last4 is null then
        perform payment.queue_call(
            v_payment.merchant_account_id,
            'fetch_hosted_card',
            '/hosted-cards/' || v_payment.hosted_card_ref,
            null,
            v_payment.id
        );
        return;
    end if;
    if v_payment.stored_method_id is null then
        -- One that we keep already need not be stored again.
        select m.id into v_method_id
        from payment.stored_methods as m
        where
            m.studio_id = v_studio_id
            and m.family_id = v_payment.family_id
            and m.shopper_id = v_payment.shopper_id
            and m.status = 'active'
            and m.fingerprint = v_payment.card_fingerprint
            and m.expires_on = v_payment.card_expires_on
        order by m.id desc
        limit 1;
        if not found then
            select s.gateway_id into strict v_shopper_ref
            from payment.shoppers as s
            where s.studio_id = v_studio_id and s.id = v_payment.shopper_id;
            select count(*) into v_tries
            from payment.gateway_calls as c
            where
                c.studio_id = v_studio_id
                and c.payment_id = v_payment.id
                and c.purpose = 'create_stored_card';
            if v_tries < (studio.settings_of()).call_attempts then
                perform payment.queue_call(
                    v_payment.merchant_account_id,
                    'create_stored_card',
                    '/stored-cards',
                    jsonb_build_object(
                        'shopper', v_shopper_ref, 'hostedCard', v_payment.hosted_card_ref
                    ),
                    v_payment.id
                );
            else
                update payment.payments as p
                set status = 'failed'
                where p.studio_id = v_studio_id and p.id = v_payment.id;
            end if;
            return;
        end if;
        update payment.payments as p
        set stored_method_id = v_method_id
        where p.studio_id = v_studio_id and p.id = v_payment.id;
    end if;
    perform payment.queue_charge(v_payment.id);
end;
$$;
alter function payment.advance_card(bigint) owner to payment;
comment on function payment.advance_card(bigint) is
$$Queue the next call for a card that a page has collected: look at it, store it, charge it.

Goes on from whatever an earlier try left behind: however often it is called, by return page, notice
or job, a card is stored once and charged once.$$;
