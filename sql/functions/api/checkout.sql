create or replace function api.checkout(
    cart_id bigint, quote_id bigint, idempotency_key text, acknowledged text[] default '{}'
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id integer;
    v_family_id bigint;
    v_arguments_hash constant text := md5(
        jsonb_build_array(checkout.cart_id, checkout.quote_id, checkout.acknowledged)::text
    );
    v_key enrollment.checkout_keys;
    v_cart enrollment.carts;
    v_section_ids bigint [];
    v_line_kinds text [];
    v_findings jsonb;
    v_total_minor bigint;
    v_registration_id bigint;
    v_count bigint;
begin
    perform auth.require('customer', 'staff');
    v_studio_id := auth.studio_id();
    v_family_id := auth.require_family();
    if coalesce(length(checkout.idempotency_key) not between 8 and 200, true) then
        perform ops.fail('idempotency_key_required');
    end if;
    if checkout.acknowledged <> '{}' then
        if
            cardinality(checkout.acknowledged) > 50
            or exists (
                select from unnest(checkout.acknowledged) as a (code) where length(a.code) > 64
            )
        then
            perform ops.fail('acknowledged_invalid');
        end if;
    end if;
    -- A twin waits here; a repeat answers what became of the first; a refusal leaves the key free.
    perform enrollment.lock_family(v_family_id);
    select k.* into v_key
    from enrollment.checkout_keys as k
    where
        k.studio_id = v_studio_id
        and k.family_id = v_family_id
        and k.idempotency_key = checkout.idempotency_key;
    if found then
        if v_key.arguments_hash <> v_arguments_hash then
            perform ops.fail('idempotency_key_reused');
        end if;
        return enrollment.registration_document(v_key.registration_id);
    end if;

    v_section_ids := array(
        select i.section_id
        from enrollment.cart_items as i
        where
            i.studio_id = v_studio_id
            and i.family_id = v_family_id
            and i.cart_id = checkout.cart_id
    );
    v_line_kinds := pricing.line_kinds(checkout.quote_id);
    perform enrollment.release_lapsed(
        p_family_id => v_family_id,
        p_section_ids => v_section_ids,
        p_registration_ids =>
        case when 'coupon' = any(v_line_kinds) then pricing.coupon_holders(checkout.quote_id) end,
        p_wait => true,
        p_cart_id => checkout.cart_id
    );
    -- After the registrations, as a payment that confirms one of them does.
    v_cart := enrollment.lock_cart(checkout.cart_id);
    -- The term is no condition: an index of all registrations of a term would do for it as well.
    select max(r.id) filter (where r.term_id = v_cart.term_id) into v_registration_id
    from enrollment.registrations as r
    where
        r.studio_id = v_studio_id
        and r.family_id = v_family_id
        and r.status = 'pending_payment';
    if v_registration_id is not null then
        perform ops.fail(
            'checkout_open', jsonb_build_object('registration_id', v_registration_id)
        );
    end if;
    v_total_minor := pricing.confirm_quote(v_cart.id, checkout.quote_id, now());
    v_findings := enrollment.cart_findings(v_cart.id, now(), false);
    if v_findings <> '[]' then
        perform enrollment.refuse_findings(v_findings);
        perform enrollment.refuse_unacknowledged(v_findings, checkout.acknowledged);
    end if;

    insert into enrollment.registrations (
        studio_id, family_id, term_id, cart_id, quote_id, total_minor, acknowledged,
        hold_expires_at
    )
    values (
        v_studio_id,
        v_family_id,
        v_cart.term_id,
        v_cart.id,
        checkout.quote_id,
        v_total_minor,
        coalesce(checkout.acknowledged, '{}'),
        -- One deadline for a cart, from its first item on where seats are held from there.
        coalesce(
            v_cart.hold_expires_at,
            now() + make_interval(mins => (studio.settings_of(v_cart.term_id)).hold_minutes)
        )
    )
    returning id into strict v_registration_id;
    insert into enrollment.enrollments (
        studio_id, family_id, registration_id, student_id, section_id, price_mode, tier_id, dates,
        weekdays
    )
    select
        i.studio_id, i.family_id, v_registration_id, i.student_id, i.section_id, i.price_mode,
        i.tier_id, i.dates, i.weekdays
    from enrollment.cart_items as i
    where
        i.studio_id = v_studio_id and i.family_id = v_family_id and i.cart_id = v_cart.id;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, cardinality(v_section_ids), 'enrollments');
    -- What is left of the findings was acknowledged; what was waived is no finding.
    if
        v_findings <> '[]'
        or exists (
            select
            from enrollment.waivers as w
            where w.studio_id = v_studio_id and w.family_id = v_family_id
        )
    then
        perform enrollment.keep_findings(v_registration_id, v_cart.id, now());
    end if;
    if 'family_discount' = any(v_line_kinds) then
        perform pricing.take_award(v_registration_id, checkout.quote_id);
    end if;
    if 'coupon' = any(v_line_kinds) then
        perform pricing.take_coupon(v_registration_id, checkout.quote_id);
    end if;
    if 'adjustment' = any(v_line_kinds) then
        perform pricing.take_adjustments(v_registration_id, checkout.quote_id);
    end if;
    if 'credit' = any(v_line_kinds) then
        perform pricing.take_credit(v_registration_id, checkout.quote_id);
    end if;
    perform enrollment.claim_seats(v_registration_id);
    if v_cart.hold_expires_at is not null then
        -- Its seats are the registration's now.
        update enrollment.carts as c
        set hold_expires_at = null
        where c.studio_id = v_studio_id and c.family_id = v_family_id and c.id = v_cart.id;
        get diagnostics v_count = row_count;
        perform ops.require_count(v_count, 1, 'cart');
    end if;
    insert into enrollment.checkout_keys (
        studio_id, family_id, idempotency_key, arguments_hash, registration_id
    )
    values (
        v_studio_id, v_family_id, checkout.idempotency_key, v_arguments_hash, v_registration_id
    );
    perform ops.emit(
        'registration.held',
        v_registration_id,
        v_family_id,
        jsonb_build_object('total_minor', v_total_minor)
    );
    if v_total_minor = 0 then
        perform enrollment.confirm_registration(v_registration_id);
    end if;
    return enrollment.registration_document(v_registration_id);
end;
$$;
alter function api.checkout(bigint, bigint, text, text[]) owner to enrollment;
grant execute on function api.checkout(bigint, bigint, text, text[]) to customer;
grant execute on function api.checkout(bigint, bigint, text, text[]) to staff;
comment on function api.checkout(bigint, bigint, text, text[]) is
$$Hold a seat for every item of the cart, at the price of the quote, while the family pays.

For the family, and for staff with the header X-Family. All seats or none, in one transaction.
Answers the registration: {registration_id, status, total_minor, currency, hold_expires_at, …}.
idempotency_key: 8 to 200 characters, one for each try of a person; a repeat answers the same
registration as it is then. acknowledged: codes of warnings (soft_warn of check_cart) the family has
read; where an adult has to be with each of several children, parent_present_required:<student_id>
for each. They are kept for staff to review. A total of 0 is confirmed at once. Errors:
idempotency_key_required, idempotency_key_reused, acknowledged_invalid, warning_not_acknowledged
(details: findings), those of rules (prerequisite_missing, corequisite_missing, approval_required,
audition_required, age_not_met, gender_not_met, parent_present_required, division_not_met,
balance_owed), cart_not_found, cart_closed, checkout_open, quote_not_found, quote_changed,
plan_not_available, term_not_open, section_not_open, tier_unknown, date_unknown, date_past,
already_enrolled, schedule_conflict, seat_unavailable, and those of quote.$$;
