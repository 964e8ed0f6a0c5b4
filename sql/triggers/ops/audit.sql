create or replace function ops.audit()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_old constant jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    v_new constant jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    v_row constant jsonb := coalesce(v_new, v_old);
    -- Arguments: the columns whose values are recorded. They carry ids, codes, amounts and times.
    v_changes constant jsonb := ops.changed_columns(v_old, v_new, tg_argv);
begin
    -- An update of other columns alone is not recorded.
    if tg_op = 'UPDATE' and v_changes = '{}' then
        return null;
    end if;
    insert into ops.audit_log (
        studio_id, account_id, acting_role, family_id, action, entity, entity_id, changes
    )
    values (
        (v_row ->> 'studio_id')::integer,
        auth.account_id(),
        auth.acting_role(),
        (v_row ->> 'family_id')::bigint,
        lower(tg_op),
        tg_table_schema || '.' || tg_table_name,
        coalesce(
            v_row ->> 'id', v_row ->> 'account_id', v_row ->> 'class_id'
        )::bigint,
        v_changes
    );
    return null;
end;
$$;
alter function ops.audit() owner to ops;
comment on function ops.audit() is
$$Record a change of money or access in ops.audit_log, in the same transaction.$$;

create or replace trigger _900_audit
after insert or update or delete on catalog.terms
for each row execute function ops.audit(
    'starts_on', 'ends_on', 'registration_opens_at', 'registration_closes_at', 'status'
);

create or replace trigger _900_audit
after insert or update or delete on catalog.sections
for each row execute function ops.audit(
    'class_id', 'location_id', 'starts_on', 'ends_on', 'capacity', 'status',
    'sold_by_weekday'
);

create or replace trigger _900_audit
after insert or update or delete on enrollment.confirmations
for each row execute function ops.audit(
    'registration_id', 'cause', 'transaction_id', 'offline_payment_id', 'amount_minor'
);

-- Their inserts: sql/triggers/ops/audit_inserts.sql.
create or replace trigger _900_audit
after update or delete on enrollment.enrollments
for each row execute function ops.audit(
    'registration_id', 'student_id', 'section_id', 'tier_id', 'dates', 'weekdays', 'status',
    'ended_on', 'from_enrollment_id'
);

create or replace trigger _900_audit
after insert or update or delete on enrollment.registrations
for each row execute function ops.audit(
    'term_id', 'cart_id', 'quote_id', 'status', 'status_reason', 'total_minor',
    'hold_expires_at', 'confirmation_id', 'balance_due_on'
);

create or replace trigger _900_audit
after insert or update or delete on identity.accounts
for each row execute function ops.audit(
    'status', 'token_version'
);

create or replace trigger _900_audit
after insert or update or delete on identity.credentials
for each row execute function ops.audit(
    'changed_at'
);

create or replace trigger _900_audit
after insert or update or delete on identity.guardians
for each row execute function ops.audit(
    'account_id', 'is_primary', 'sms_opt_in', 'sms_consent_at'
);

create or replace trigger _900_audit
after insert or update or delete on payment.batches
for each row execute function ops.audit(
    'merchant_account_id', 'state', 'debits_minor', 'credits_minor', 'net_minor', 'currency',
    'matched_at'
);

create or replace trigger _900_audit
after insert or update or delete on payment.merchant_accounts
for each row execute function ops.audit(
    'code', 'host', 'status'
);

create or replace trigger _900_audit
after insert or update or delete on payment.offline_payments
for each row execute function ops.audit(
    'registration_id', 'installment_id', 'kind', 'amount_minor', 'refunded_minor', 'currency',
    'received_on', 'recorded_by', 'status', 'returned_on', 'review_id'
);

create or replace trigger _900_audit
after insert or update or delete on payment.payment_reviews
for each row execute function ops.audit(
    'registration_id', 'kind', 'amount_minor', 'status', 'submitted_by', 'decided_by'
);

create or replace trigger _900_audit
after insert or update or delete on payment.refunds
for each row execute function ops.audit(
    'registration_id', 'transaction_id', 'offline_payment_id', 'kind', 'amount_minor',
    'price_reduction_minor', 'cause', 'status', 'failure_code', 'requested_by'
);

create or replace trigger _900_audit
after insert or update or delete on payment.refund_lines
for each row execute function ops.audit(
    'refund_id', 'line_number', 'enrollment_id', 'amount_minor'
);

create or replace trigger _900_audit
after insert or update or delete on payment.payments
for each row execute function ops.audit(
    'registration_id', 'amount_minor', 'currency', 'status', 'session_ends_at', 'flow',
    'stored_method_id', 'installment_id'
);

create or replace trigger _900_audit
after insert or update or delete on payment.payment_plans
for each row execute function ops.audit(
    'registration_id', 'auto_pay', 'do_capture', 'stored_method_id', 'status'
);

create or replace trigger _900_audit
after insert or update or delete on payment.installments
for each row execute function ops.audit(
    'registration_id', 'number', 'due_on', 'amount_minor', 'paid_minor', 'waived_minor', 'status'
);

create or replace trigger _900_audit
after insert or update or delete on payment.charge_attempts
for each row execute function ops.audit(
    'installment_id', 'number', 'payment_id', 'cause', 'status', 'error_code'
);

create or replace trigger _900_audit
after insert or update or delete on payment.installment_payments
for each row execute function ops.audit(
    'installment_id', 'transaction_id', 'offline_payment_id', 'amount_minor'
);

create or replace trigger _900_audit
after insert or update or delete on payment.installment_changes
for each row execute function ops.audit(
    'installment_id', 'kind', 'amount_minor', 'due_before', 'due_on', 'changed_by'
);

create or replace trigger _900_audit
after insert or update or delete on payment.stored_methods
for each row execute function ops.audit(
    'family_id', 'status'
);

create or replace trigger _900_audit
after insert or update or delete on payment.transactions
for each row execute function ops.audit(
    'payment_id', 'type', 'state', 'is_authorized', 'amount_minor', 'currency',
    'refunded_minor'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.custom_schedules
for each row execute function ops.audit(
    'cart_id', 'set_by', 'auto_pay', 'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.coupon_redemptions
for each row execute function ops.audit(
    'coupon_id', 'registration_id', 'amount_minor', 'status'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.coupons
for each row execute function ops.audit(
    'term_id', 'key', 'code', 'kind', 'percent_bp', 'amount_minor', 'available_from',
    'available_until', 'max_uses', 'max_uses_per_family', 'stackable', 'applies_to',
    'most_expensive_only', 'active', 'version', 'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.discounts
for each row execute function ops.audit(
    'term_id', 'code', 'category', 'threshold', 'recipients', 'kind', 'percent_bp',
    'amount_minor', 'reduces_tuition', 'reduces_fees', 'reduces_programs', 'available_from',
    'available_until', 'position', 'version', 'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.family_awards
for each row execute function ops.audit(
    'term_id', 'family_discount_id', 'registration_id', 'amount_minor', 'status'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.family_discounts
for each row execute function ops.audit(
    'term_id', 'min_students', 'amount_minor', 'version', 'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.fee_rules
for each row execute function ops.audit(
    'term_id', 'code', 'unit', 'amount_minor', 'charged_modes', 'division_id',
    'division_of', 'class_id', 'section_id', 'once_per_term', 'proration', 'discountable',
    'version', 'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.overrides
for each row execute function ops.audit(
    'student_id', 'section_id', 'amount_minor', 'set_by', 'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.payment_plans
for each row execute function ops.audit(
    'term_id', 'kind', 'code', 'installments', 'auto_pay', 'fee_per_installment_minor',
    'accepts_checkout', 'deposit_minor', 'deposit_bp', 'balance_due_on', 'last_due_on',
    'due_dates', 'shares_bp', 'do_capture', 'version', 'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.program_prices
for each row execute function ops.audit(
    'term_id', 'program_id', 'amount_minor', 'registration_fee_minor', 'version', 'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.rates
for each row execute function ops.audit(
    'term_id', 'division_id', 'location_id', 'weekly_count', 'amount_minor', 'version',
    'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.tier_prices
for each row execute function ops.audit(
    'section_id', 'tier_id', 'amount_minor', 'version', 'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.date_prices
for each row execute function ops.audit(
    'section_id', 'held_on', 'amount_minor', 'version', 'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on studio.memberships
for each row execute function ops.audit(
    'account_id', 'role', 'status'
);

create or replace trigger _900_audit
after insert or update or delete on studio.settings
for each row execute function ops.audit(
    'term_id', 'hold_minutes', 'payment_minutes', 'final_answer_seconds', 'rate_step_basis',
    'token_minutes', 'sign_in_attempts', 'sign_in_window_minutes', 'password_min_length',
    'password_hash_cost', 'call_attempts', 'call_lease_seconds', 'call_courier_delay_seconds',
    'message_attempts', 'message_lease_seconds', 'family_discount_later', 'tuition_proration',
    'balance_days', 'coupon_attempts', 'coupon_window_minutes', 'hold_starts_at',
    'waitlist_on_lapse', 'waitlist_on_cancel', 'waitlist_on_refund', 'waitlist_on_capacity',
    'offer_hours', 'offer_reminder_hours', 'offer_stop_hours', 'stuck_hours',
    'staff_hold_minutes', 'news_due_minutes', 'late_money', 'charge_at', 'charge_attempts',
    'charge_summary_at', 'review_attempts', 'review_hours', 'refund_days',
    'refund_reason_length', 'settlement_days', 'alert_mails', 'alert_minutes',
    'escalation_failures', 'escalation_minutes', 'payment_stuck_minutes'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.fee_exemptions
for each row execute function ops.audit(
    'term_id', 'fee_code', 'class_id'
);

create or replace trigger _900_audit
after insert or update or delete on catalog.classes
for each row execute function ops.audit(
    'term_id', 'price_mode', 'division_id', 'program_id', 'visibility'
);

create or replace trigger _900_audit
after insert or update or delete on catalog.divisions
for each row execute function ops.audit(
    'rank', 'mixes', 'auto_pay_offered'
);

create or replace trigger _900_audit
after insert or update or delete on catalog.programs
for each row execute function ops.audit(
    'plan_fee_waived'
);

create or replace trigger _900_audit
after insert or update or delete on catalog.section_times
for each row execute function ops.audit(
    'section_id', 'weekday', 'starts_at', 'ends_at'
);

create or replace trigger _900_audit
after insert or update or delete on catalog.section_tiers
for each row execute function ops.audit(
    'section_id', 'code', 'starts_at', 'ends_at', 'is_offered'
);

create or replace trigger _900_audit
after insert or update or delete on studio.studios
for each row execute function ops.audit(
    'slug', 'timezone', 'currency'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.add_ons
for each row execute function ops.audit(
    'section_id', 'code', 'amount_minor', 'required', 'version', 'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.adjustments
for each row execute function ops.audit(
    'term_id', 'student_id', 'kind', 'amount_minor', 'set_by', 'status', 'registration_id'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.class_prices
for each row execute function ops.audit(
    'class_id', 'amount_minor', 'set_by', 'version', 'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.credit_uses
for each row execute function ops.audit(
    'credit_id', 'registration_id', 'amount_minor', 'status'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.credits
for each row execute function ops.audit(
    'amount_minor', 'issued_by', 'registration_id'
);

create or replace trigger _900_audit
after insert or update or delete on pricing.line_overrides
for each row execute function ops.audit(
    'term_id', 'student_id', 'kind', 'code', 'amount_minor', 'set_by', 'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on enrollment.waitlist_entries
for each row execute function ops.audit(
    'student_id', 'section_id', 'held_on', 'status', 'status_reason', 'source', 'needs_staff',
    'seat_id', 'registration_id'
);

create or replace trigger _900_audit
after insert or update or delete on catalog.requirements
for each row execute function ops.audit(
    'term_id', 'class_id', 'code', 'kind', 'enforcement', 'is_waivable', 'valid_from',
    'valid_until', 'lowest_age_months', 'highest_age_months', 'cutoff_month', 'cutoff_day',
    'cutoff_year', 'lowest_grade', 'highest_grade', 'gender', 'division_id', 'counts_itself',
    'superseded_at'
);

create or replace trigger _900_audit
after insert or update or delete on catalog.requirement_options
for each row execute function ops.audit(
    'requirement_id', 'alternative', 'discipline', 'level', 'division_id', 'class_count'
);

create or replace trigger _900_audit
after insert or update or delete on enrollment.placements
for each row execute function ops.audit(
    'student_id', 'division_id'
);

create or replace trigger _900_audit
after insert or update or delete on enrollment.approvals
for each row execute function ops.audit(
    'student_id', 'class_id', 'kind', 'section_id', 'status', 'decided_by'
);

create or replace trigger _900_audit
after insert or update or delete on enrollment.waivers
for each row execute function ops.audit(
    'student_id', 'kind', 'class_id', 'granted_by', 'expires_at', 'withdrawn_at'
);

create or replace trigger _900_audit
after insert or update or delete on enrollment.findings
for each row execute function ops.audit(
    'registration_id', 'student_id', 'section_id', 'requirement_id', 'enforcement', 'code',
    'waiver_id', 'override_use_id', 'accepted_by', 'reviewed_by'
);

create or replace trigger _900_audit
after insert or update or delete on enrollment.override_uses
for each row execute function ops.audit(
    'registration_id', 'student_id', 'section_id', 'code', 'requirement_id', 'overridden_by'
);

create or replace trigger _900_audit
after insert or update or delete on enrollment.changes
for each row execute function ops.audit(
    'registration_id', 'enrollment_id', 'kind', 'effective_on', 'weekdays',
    'price_change_minor', 'is_price_set', 'given_back_minor', 'credit_id'
);
