create or replace function api.accept_offer(
    waitlist_entry_id bigint,
    quote_id bigint,
    idempotency_key text,
    acknowledged text[] default '{}'
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_entry enrollment.waitlist_entries;
begin
    perform auth.require('customer', 'staff');
    perform enrollment.lock_family(auth.require_family());
    select w.* into v_entry
    from enrollment.waitlist_entries as w
    where
        w.studio_id = auth.studio_id()
        and w.family_id = auth.require_family()
        and w.id = accept_offer.waitlist_entry_id;
    if not found then
        perform ops.fail('waitlist_entry_not_found');
    elsif v_entry.status = 'offered' and v_entry.offer_expires_at <= now() then
        perform ops.fail('offer_expired');
    end if;
    perform enrollment.refuse_ended_offers(v_entry.cart_id);
    -- A repeat of what was accepted answers the registration.
    return enrollment.check_out(
        v_entry.cart_id,
        accept_offer.quote_id,
        accept_offer.idempotency_key,
        accept_offer.acknowledged,
        p_is_offer => true
    );
end;
$$;
alter function api.accept_offer(bigint, bigint, text, text[]) owner to enrollment;
grant execute on function api.accept_offer(bigint, bigint, text, text[]) to customer;
grant execute on function api.accept_offer(bigint, bigint, text, text[]) to staff;
comment on function api.accept_offer(bigint, bigint, text, text[]) is
$$Take an offered seat, for all students who wanted in together: a registration to be paid.

quote_id: a quote of the entry's cart, made now, so that the price is today's; a stale one is
refused with the new price (quote_changed). Answers what checkout answers; the seat is kept for as
long as a hold. For the family, and for staff with the header X-Family. Errors:
waitlist_entry_not_found, not_offered, offer_expired, checkout_open while another registration of
the term is not paid, and those of checkout.$$;
