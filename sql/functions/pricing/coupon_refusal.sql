create or replace function pricing.coupon_refusal(p_family_id bigint, p_code text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_settings studio.settings;
    v_found record;
    v_attempts bigint;
begin
    -- Many at once are counted one by one.
    perform enrollment.lock_family(p_family_id);
    select
        exists (
            select
            from pricing.coupon_attempts as t
            where t.studio_id = v_studio_id and t.family_id = p_family_id
        ) as attempts,
        exists (
            select
            from pricing.coupons as c
            where
                c.studio_id = v_studio_id and c.code = upper(p_code) and c.superseded_at is null
        ) as coupon
    into v_found;
    -- Most families have never guessed, so that nothing is to be counted.
    if v_found.attempts then
        v_settings := studio.settings_of();
        select count(*) into v_attempts
        from pricing.coupon_attempts as t
        where
            t.studio_id = v_studio_id
            and t.family_id = p_family_id
            and t.attempted_at > now() - make_interval(mins => v_settings.coupon_window_minutes);
        if v_attempts >= v_settings.coupon_attempts then
            return 'too_many_attempts';
        end if;
    end if;
    if not v_found.coupon then
        insert into pricing.coupon_attempts (studio_id, family_id)
        values (v_studio_id, p_family_id);
        return 'coupon_not_found';
    end if;
    return null;
end;
$$;
alter function pricing.coupon_refusal(bigint, text) owner to pricing;
comment on function pricing.coupon_refusal(bigint, text) is
$$Why a family may not try a coupon code: too_many_attempts, coupon_not_found; null: it may.

A code that doesn't exist is counted. The caller answers the refusal without raising it, or the
count is undone.$$;
