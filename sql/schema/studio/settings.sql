create table studio.settings (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint,
    hold_minutes integer,
    payment_minutes integer,
    final_answer_seconds integer,
    rate_step_basis text,
    token_minutes integer,
    sign_in_attempts integer,
    sign_in_window_minutes integer,
    password_min_length integer,
    password_hash_cost integer,
    call_attempts integer,
    call_lease_seconds integer,
    call_courier_delay_seconds integer,
    message_attempts integer,
    message_lease_seconds integer,
    coupon_attempts integer,
    coupon_window_minutes integer,
    family_discount_later boolean,
    tuition_proration text,
    balance_days integer,
    hold_starts_at text,
    waitlist_on_lapse text,
    waitlist_on_cancel text,
    waitlist_on_refund text,
    waitlist_on_capacity text,
    offer_hours integer,
    offer_reminder_hours integer,
    offer_stop_hours integer,
    stuck_hours integer,
    staff_hold_minutes integer,
    news_due_minutes integer,
    late_money text,
    charge_at time,
    charge_attempts integer,
    charge_summary_at time,
    review_attempts integer,
    review_hours integer,
    refund_days integer,
    refund_reason_length integer,
    settlement_days integer,
    alert_mails integer,
    alert_minutes integer,
    escalation_failures integer,
    escalation_minutes integer,
    payment_stuck_minutes integer,
    constraint settings_pkey primary key (studio_id, id),
    constraint settings_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint settings_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint settings_term_key unique nulls not distinct (studio_id, term_id),
    constraint settings_studio_complete check (
        term_id is not null
        or num_nulls(
            hold_minutes, payment_minutes, final_answer_seconds, rate_step_basis, token_minutes,
            sign_in_attempts, sign_in_window_minutes, password_min_length, password_hash_cost,
            call_attempts, call_lease_seconds, call_courier_delay_seconds, message_attempts,
            message_lease_seconds, coupon_attempts, coupon_window_minutes, family_discount_later,
            tuition_proration, balance_days, hold_starts_at, waitlist_on_lapse,
            waitlist_on_cancel, waitlist_on_refund, waitlist_on_capacity, offer_hours,
            offer_reminder_hours, offer_stop_hours, stuck_hours, staff_hold_minutes,
            news_due_minutes, late_money, charge_at, charge_attempts, charge_summary_at,
            review_attempts, review_hours, refund_days, refund_reason_length, settlement_days,
            alert_mails, alert_minutes, escalation_failures, escalation_minutes,
            payment_stuck_minutes
        ) = 0
    ),
    constraint settings_term_may_override check (
        term_id is null
        or num_nonnulls(
            token_minutes, sign_in_attempts, sign_in_window_minutes, password_min_length,
            password_hash_cost, call_attempts, call_lease_seconds,
            call_courier_delay_seconds, message_attempts, message_lease_seconds,
            coupon_attempts, coupon_window_minutes, news_due_minutes, charge_at, charge_attempts,
            charge_summary_at, settlement_days, alert_mails, alert_minutes,
            escalation_failures, escalation_minutes, payment_stuck_minutes
        ) = 0
    ),
    constraint settings_hold_minutes_range check (hold_minutes between 1 and 1440),
    constraint settings_payment_minutes_range check (payment_minutes between 1 and 30),
    constraint settings_final_answer_seconds_range check (final_answer_seconds between 10 and 3600),
    constraint settings_rate_step_basis_known
    check (rate_step_basis in ('distinct_weekdays', 'weekly_meetings')),
    constraint settings_token_minutes_range check (token_minutes between 5 and 43200),
    constraint settings_sign_in_attempts_range check (sign_in_attempts between 1 and 100),
    constraint settings_sign_in_window_range check (sign_in_window_minutes between 1 and 1440),
    constraint settings_password_min_length_range check (password_min_length between 8 and 64),
    constraint settings_password_hash_cost_range check (password_hash_cost between 4 and 15),
    constraint settings_call_attempts_range check (call_attempts between 1 and 20),
    constraint settings_call_lease_range check (call_lease_seconds between 45 and 600),
    constraint settings_call_courier_delay_range
    check (call_courier_delay_seconds between 0 and 60),
    constraint settings_message_attempts_range check (message_attempts between 1 and 20),
    constraint settings_message_lease_range check (message_lease_seconds between 45 and 600),
    constraint settings_coupon_attempts_range check (coupon_attempts between 1 and 100),
    constraint settings_coupon_window_range check (coupon_window_minutes between 1 and 1440),
    constraint settings_tuition_proration_known
    check (tuition_proration in ('none', 'meetings', 'days')),
    constraint settings_balance_days_range check (balance_days between 1 and 365),
    constraint settings_hold_starts_at_known check (hold_starts_at in ('checkout', 'cart')),
    constraint settings_waitlist_on_lapse_known
    check (waitlist_on_lapse in ('automatic', 'manual', 'reserve')),
    constraint settings_waitlist_on_cancel_known
    check (waitlist_on_cancel in ('automatic', 'manual', 'reserve')),
    constraint settings_waitlist_on_refund_known
    check (waitlist_on_refund in ('automatic', 'manual', 'reserve')),
    constraint settings_waitlist_on_capacity_known
    check (waitlist_on_capacity in ('automatic', 'manual', 'reserve')),
    constraint settings_offer_hours_range check (offer_hours between 1 and 720),
    constraint settings_offer_reminder_hours_range check (offer_reminder_hours between 0 and 719),
    constraint settings_offer_stop_hours_range check (offer_stop_hours between 0 and 720),
    constraint settings_stuck_hours_range check (stuck_hours between 1 and 720),
    constraint settings_staff_hold_minutes_range check (staff_hold_minutes between 1 and 1440),
    constraint settings_news_due_minutes_range check (news_due_minutes between 1 and 1440),
    constraint settings_late_money_known check (late_money in ('retake', 'return')),
    constraint settings_charge_attempts_range check (charge_attempts between 1 and 10),
    constraint settings_review_attempts_range check (review_attempts between 1 and 20),
    constraint settings_review_hours_range check (review_hours between 1 and 720),
    constraint settings_refund_days_range check (refund_days between 0 and 730),
    constraint settings_refund_reason_length_range
    check (refund_reason_length between 1 and 200),
    constraint settings_settlement_days_range check (settlement_days between 1 and 60),
    constraint settings_alert_mails_range check (alert_mails between 1 and 100),
    constraint settings_alert_minutes_range check (alert_minutes between 1 and 1440),
    constraint settings_escalation_failures_range check (escalation_failures between 2 and 20),
    constraint settings_escalation_minutes_range check (escalation_minutes between 1 and 1440),
    constraint settings_payment_stuck_minutes_range
    check (payment_stuck_minutes between 1 and 1440)
);
alter table studio.settings owner to studio;
alter table studio.settings enable row level security;
alter table studio.settings force row level security;
comment on table studio.settings is
$$The studio's configuration: one row for itself (term_id null), one for each term that differs.

Read through studio.settings_of(term): a null column of a term's row means "as the studio".$$;
comment on column studio.settings.hold_minutes is 'minutes for which checkout keeps seats unpaid';
comment on column studio.settings.payment_minutes is
'minutes that are left at least, once a payment has been started; the gateway''s session ends then';
comment on column studio.settings.final_answer_seconds is
'seconds we wait for the gateway''s answer at the end of a payment session before seats are freed';
comment on column studio.settings.rate_step_basis is
'what is counted for the rate step: distinct_weekdays or weekly_meetings';
comment on column studio.settings.token_minutes is 'minutes for which a sign-in lasts';
comment on column studio.settings.sign_in_attempts is
'failed sign-ins of one address within sign_in_window_minutes before it has to wait';
comment on column studio.settings.password_hash_cost is 'bcrypt cost (log2 of rounds)';
comment on column studio.settings.call_attempts is
'tries of one gateway call before it is given up';
comment on column studio.settings.call_lease_seconds is
'seconds for which a gateway call belongs to the process that claimed it';
comment on column studio.settings.call_courier_delay_seconds is
'seconds for which a new gateway call is left to the request that caused it';
comment on column studio.settings.message_attempts is 'tries of one message before it is given up';
comment on column studio.settings.message_lease_seconds is
'seconds for which a message belongs to the process that claimed it';
comment on column studio.settings.coupon_attempts is
'coupon codes that don''t exist which a family may enter within coupon_window_minutes';
comment on column studio.settings.family_discount_later is
'who counts for the family discount: true: whoever has a class this term, so that a second child
who comes later earns it; false: only students with a class in this cart';
comment on column studio.settings.tuition_proration is
'what late starters pay of the rate table: none: all; meetings, days: as much as is left of them';
comment on column studio.settings.balance_days is
'days from the order to the balance of a deposit, where its plan has no date for it';
comment on column studio.settings.hold_starts_at is
'from when seats are held: checkout, or cart: as soon as an item is put there';
comment on column studio.settings.waitlist_on_lapse is
'where a place goes whose hold or offer lapsed. automatic: to the queue, else to the public; manual:
while somebody waits it is reserved for staff to assign, else to the public; reserve: always reserved';
comment on column studio.settings.waitlist_on_cancel is
'the same for the place of an enrollment that was cancelled, changed or transferred';
comment on column studio.settings.waitlist_on_refund is
'the same for the place of an enrollment that ended with a full refund';
comment on column studio.settings.waitlist_on_capacity is
'the same for places that a larger capacity adds';
comment on column studio.settings.offer_hours is 'hours for which an offer keeps its seat';
comment on column studio.settings.offer_reminder_hours is
'hours before its end at which an offer is called to mind; 0: never';
comment on column studio.settings.offer_stop_hours is
'no offer is made within so many hours before registration closes, or before the date it is for';
comment on column studio.settings.stuck_hours is
'hours after which a registration that is still pending is ended whatever it waits for';
comment on column studio.settings.staff_hold_minutes is
'minutes for which seats are kept unpaid that staff took for a family';
comment on column studio.settings.news_due_minutes is
'minutes without news of an open payment after which the gateway is asked about it';
comment on column studio.settings.late_money is
'what becomes of money for a registration whose hold has ended. retake: its seats are taken again if
all are free, else the money goes back; return: it goes back';
comment on column studio.settings.charge_at is
'local time from which the installments that are due are charged on business days';
comment on column studio.settings.charge_attempts is
'charges of an installment, one a business day, after which staff are asked';
comment on column studio.settings.charge_summary_at is
'local time from which staff are told once a day what could not be charged';
comment on column studio.settings.review_attempts is
'payments by transfer that staff may reject before the registration is cancelled';
comment on column studio.settings.review_hours is
'hours for which seats are kept while a payment by transfer waits for staff';
comment on column studio.settings.refund_days is
'days from the confirmation within which money may be refunded';
comment on column studio.settings.refund_reason_length is
'letters that the reason of a refund has at least';
comment on column studio.settings.settlement_days is
'days after which card money should have been settled in a batch; later it is listed as unmatched';
comment on column studio.settings.alert_mails is
'mails within alert_minutes, at most, about what of the work list can''t wait; the next names what
waited';
comment on column studio.settings.alert_minutes is 'minutes within which alert_mails are counted';
comment on column studio.settings.escalation_failures is
'failures of one entry of the work list within escalation_minutes after which more people are told';
comment on column studio.settings.escalation_minutes is
'minutes within which escalation_failures are counted';
comment on column studio.settings.payment_stuck_minutes is
'minutes after its last question after which a payment without an end is on the work list';
