create or replace function enrollment.check_out(
    p_cart_id bigint,
    p_quote_id bigint,
    p_idempotency_key text,
    p_acknowledged text[],
    p_overrides jsonb default null,
    p_is_offer boolean default false
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_arguments_hash constant text := md5(
        (
            jsonb_build_array(p_cart_id, p_quote_id, p_acknowledged)
            || coalesce(p_overrides, '[]')
        )::text
    );
    v_overrides jsonb;
    v_lifted jsonb := jsonb_build_array();
    v_key enrollment.checkout_keys;
    v_cart enrollment.carts;
    v_settings studio.settings;
    v_section_ids bigint [];
    v_line_kinds text [];
    v_findings jsonb;
    v_total_minor bigint;
    v_registration_id bigint;
    v_count bigint;
begin
    if coalesce(length(p_idempotency_key) not between 8 and 200, true) then
        perform ops.fail('idempotency_key_required');
    end if;
    if p_acknowledged <> '{}' then
        if
            cardinality(p_acknowledged) > 50
            or exists (
                select from unnest(p_acknowledged) as a (code) where length(a.code) > 64
            )
        then
            perform ops.fail('acknowledged_invalid');
        end if;
    end if;
    if jsonb_typeof(p_overrides) <> 'null' then
        v_overrides := enrollment.checked_overrides(p_overrides);
    end if;
    -- A twin waits here; a repeat answers what became of the first; a refusal leaves the key free.
    perform enrollment.lock_family(v_family_id);
    select k.* into v_key
    from enrollment.checkout_keys as k
    where
        k.studio_id = v_studio_id
        and k.family_id = v_family_id
        and k.idempotency_key = p_idempotency_key;
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
            and i.cart_id = p_cart_id
    );
    v_line_kinds := pricing.line_kinds(p_quote_id);
    perform enrollment.release_lapsed(
        p_family_id => v_family_id,
        p_section_ids => v_section_ids || enrollment.replaced_sections(v_family_id, p_cart_id),
        p_registration_ids =>
        case when 'coupon' = any(v_line_kinds) then pricing.coupon_holders(p_quote_id) end,
        p_wait => true,
        p_cart_id => p_cart_id
    );
    if p_is_offer then
        -- The offer may have ended meanwhile, which says more than that its cart is closed.
        perform enrollment.refuse_ended_offers(p_cart_id);
    end if;
    -- After the registrations, as a payment that confirms one of them does.
    v_cart := enrollment.lock_cart(p_cart_id);
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
    v_total_minor := pricing.confirm_quote(v_cart.id, p_quote_id, now());
    v_findings := enrollment.cart_findings(v_cart.id, now(), false);
    if v_overrides <> '[]' then
        select o.lifted, o.remaining into strict v_lifted, v_findings
        from enrollment.override_findings(v_findings, v_overrides) as o;
    end if;
    if v_findings <> '[]' then
        perform enrollment.refuse_findings(v_findings);
        perform enrollment.refuse_unacknowledged(v_findings, p_acknowledged);
    end if;

    v_settings := studio.settings_of(v_cart.term_id);
    insert into enrollment.registrations (
        studio_id, family_id, term_id, cart_id, quote_id, total_minor, acknowledged,
        hold_expires_at
    )
    values (
        v_studio_id,
        v_family_id,
        v_cart.term_id,
        v_cart.id,
        p_quote_id,
        v_total_minor,
        coalesce(p_acknowledged, '{}'),
        -- One deadline for a cart, from its first item on where seats are held from there; whom
        -- staff register has time from then on.
        case
            when pg_has_role(auth.acting_role(), 'staff', 'member')
                then now() + make_interval(mins => v_settings.staff_hold_minutes)
            else
                coalesce(
                    v_cart.hold_expires_at,
                    now() + make_interval(mins => v_settings.hold_minutes)
                )
        end
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
    if v_lifted <> '[]' then
        perform enrollment.keep_overrides(v_registration_id, v_lifted);
    end if;
    -- What is left of the findings was acknowledged; what was waived is no finding.
    if
        v_findings <> '[]'
        or v_lifted <> '[]'
        or exists (
            select
            from enrollment.waivers as w
            where w.studio_id = v_studio_id and w.family_id = v_family_id
        )
    then
        perform enrollment.keep_findings(v_registration_id, v_cart.id, now());
    end if;
    if 'family_discount' = any(v_line_kinds) then
        perform pricing.take_award(v_registration_id, p_quote_id);
    end if;
    if 'coupon' = any(v_line_kinds) then
        perform pricing.take_coupon(v_registration_id, p_quote_id);
    end if;
    if 'adjustment' = any(v_line_kinds) then
        perform pricing.take_adjustments(v_registration_id, p_quote_id);
    end if;
    if 'credit' = any(v_line_kinds) then
        perform pricing.take_credit(v_registration_id, p_quote_id);
    end if;
    if v_cart.kind = 'waitlist' then
        perform enrollment.accept_entries(v_cart.id, v_registration_id);
        -- What costs nothing is confirmed at once, and gives up what it replaces.
        perform enrollment.lock_queues(enrollment.replaced_sections(v_family_id, v_cart.id));
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
        v_studio_id, v_family_id, p_idempotency_key, v_arguments_hash, v_registration_id
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
alter function enrollment.check_out(bigint, bigint, text, text[], jsonb, boolean)
owner to enrollment;
comment on function enrollment.check_out(bigint, bigint, text, text[], jsonb, boolean) is
$$Make a registration of a cart of the family in scope, with a seat for every item, or refuse it.

What api.checkout and api.accept_offer (p_is_offer) have in common; their comments name the
errors.$$;
