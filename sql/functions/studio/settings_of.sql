create or replace function studio.settings_of(p_term_id bigint default null)
returns studio.settings
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_settings studio.settings;
    v_studio studio.settings;
    v_term studio.settings;
begin
    foreach v_settings in array array(
        select s
        from studio.settings as s
        where s.studio_id = v_studio_id and (s.term_id is null or s.term_id = p_term_id)
    )
    loop
        if v_settings.term_id is null then
            v_studio := v_settings;
        else
            v_term := v_settings;
        end if;
    end loop;
    if v_studio.id is null then
        raise exception 'studio % has no settings', v_studio_id;
    elsif v_term.id is null then
        return v_studio;
    end if;
    v_studio.term_id := p_term_id;
    v_studio.hold_minutes := coalesce(v_term.hold_minutes, v_studio.hold_minutes);
    v_studio.staff_hold_minutes
    := coalesce(v_term.staff_hold_minutes, v_studio.staff_hold_minutes);
    v_studio.payment_minutes := coalesce(v_term.payment_minutes, v_studio.payment_minutes);
    v_studio.final_answer_seconds
    := coalesce(v_term.final_answer_seconds, v_studio.final_answer_seconds);
    v_studio.rate_step_basis := coalesce(v_term.rate_step_basis, v_studio.rate_step_basis);
    v_studio.family_discount_later
    := coalesce(v_term.family_discount_later, v_studio.family_discount_later);
    v_studio.tuition_proration := coalesce(v_term.tuition_proration, v_studio.tuition_proration);
    v_studio.balance_days := coalesce(v_term.balance_days, v_studio.balance_days);
    v_studio.hold_starts_at := coalesce(v_term.hold_starts_at, v_studio.hold_starts_at);
    v_studio.waitlist_on_lapse := coalesce(v_term.waitlist_on_lapse, v_studio.waitlist_on_lapse);
    v_studio.waitlist_on_cancel
    := coalesce(v_term.waitlist_on_cancel, v_studio.waitlist_on_cancel);
    v_studio.waitlist_on_refund
    := coalesce(v_term.waitlist_on_refund, v_studio.waitlist_on_refund);
    v_studio.waitlist_on_capacity
    := coalesce(v_term.waitlist_on_capacity, v_studio.waitlist_on_capacity);
    v_studio.offer_hours := coalesce(v_term.offer_hours, v_studio.offer_hours);
    v_studio.offer_reminder_hours
    := coalesce(v_term.offer_reminder_hours, v_studio.offer_reminder_hours);
    v_studio.offer_stop_hours := coalesce(v_term.offer_stop_hours, v_studio.offer_stop_hours);
    v_studio.stuck_hours := coalesce(v_term.stuck_hours, v_studio.stuck_hours);
    v_studio.late_money := coalesce(v_term.late_money, v_studio.late_money);
    v_studio.review_attempts := coalesce(v_term.review_attempts, v_studio.review_attempts);
    v_studio.review_hours := coalesce(v_term.review_hours, v_studio.review_hours);
    v_studio.refund_days := coalesce(v_term.refund_days, v_studio.refund_days);
    v_studio.refund_reason_length
    := coalesce(v_term.refund_reason_length, v_studio.refund_reason_length);
    return v_studio;
end;
$$;
alter function studio.settings_of(bigint) owner to studio;
grant execute on function studio.settings_of(bigint) to domain;
comment on function studio.settings_of(bigint) is
$$The settings that hold for a term: the term's own where it has one, else the studio's.

For domain roles. The only reader of studio.settings.$$;
