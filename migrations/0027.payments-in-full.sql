-- Ways to pay beside the hosted page: a card that is stored first, and one that is stored already;
-- and what the studio may set about payments.
-- depends: 0026.meetings-that-change
-- squawk-ignore-file ban-drop-constraint, ban-drop-not-null, constraint-missing-not-valid
-- squawk-ignore-file require-concurrent-index-creation, adding-foreign-key-constraint
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table payment.stored_methods (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    shopper_id bigint not null,
    merchant_account_id bigint not null,
    gateway_id text not null,
    card_scheme text,
    card_last4 text,
    expires_on date,
    fingerprint text,
    status text not null default 'active',
    created_at timestamptz not null default now(),
    constraint stored_methods_pkey primary key (studio_id, id),
    constraint stored_methods_family_key unique (studio_id, family_id, id),
    constraint stored_methods_shopper_fkey
    foreign key (studio_id, family_id, shopper_id)
    references payment.shoppers (studio_id, family_id, id) on delete restrict,
    constraint stored_methods_merchant_account_fkey
    foreign key (studio_id, merchant_account_id)
    references payment.merchant_accounts (studio_id, id) on delete restrict,
    constraint stored_methods_gateway_id_key unique (studio_id, merchant_account_id, gateway_id),
    constraint stored_methods_gateway_id_form check (gateway_id ~ '^[A-Za-z0-9_-]{1,256}$'),
    constraint stored_methods_card_last4_form check (card_last4 ~ '^[0-9]{4}$'),
    constraint stored_methods_status_known check (status in ('active', 'removed', 'unusable'))
);
create index stored_methods_shopper_idx
on payment.stored_methods (studio_id, family_id, shopper_id);
create index stored_methods_merchant_account_idx
on payment.stored_methods (studio_id, merchant_account_id);
alter table payment.stored_methods owner to payment;
alter table payment.stored_methods enable row level security;
alter table payment.stored_methods force row level security;
comment on table payment.stored_methods is
$$A card that the gateway keeps for a family, to be charged without anybody at a page.

Here is only what a family needs to tell its cards apart. removed: by the family or staff;
unusable: the gateway no longer knows it.$$;
comment on column payment.stored_methods.expires_on is 'last day on which the card is valid';
comment on column payment.stored_methods.fingerprint is
'the gateway''s: the same card has the same; no card number can be made of it';

alter table payment.payments
alter column return_url drop not null,
alter column cancel_url drop not null,
alter column session_ends_at drop not null,
add column flow text not null default 'sale_first',
add column do_capture boolean not null default true,
add column stored_method_id bigint;
alter table payment.payments
add constraint payments_flow_known
check (flow in ('sale_first', 'tokenise_first', 'stored_method')),
add constraint payments_page_by_flow check (
    case flow
        when 'stored_method'
            then num_nonnulls(return_url, cancel_url, session_ends_at, session_ref) = 0
        else num_nulls(return_url, cancel_url, session_ends_at) = 0
    end
),
add constraint payments_stored_method_by_flow check (
    case flow
        when 'stored_method' then stored_method_id is not null
        when 'sale_first' then stored_method_id is null
        else true
    end
),
add constraint payments_stored_method_fkey
foreign key (studio_id, family_id, stored_method_id)
references payment.stored_methods (studio_id, family_id, id) on delete restrict,
drop constraint payments_status_known,
add constraint payments_status_known check (
    status in ('open', 'authorized', 'declined', 'expired', 'failed', 'voided', 'refunded')
),
drop constraint payments_accepted_sale,
add constraint payments_accepted_sale check (
    (status in ('authorized', 'voided', 'refunded')) = (accepted_sale_id is not null)
);
create index payments_stored_method_idx
on payment.payments (studio_id, family_id, stored_method_id);
-- What is open is asked about by its age, whatever has a page.
create index payments_open_idx
on payment.payments (studio_id, created_at) where status = 'open' and created_at is not null;
comment on table payment.payments is
$$One try to pay something of a registration by card.

open until a transaction is authorized, or its session ended without one (expired), or it could not
be set up (failed). A decline leaves it open where somebody is at a page, who may take another card;
the charge of a stored card is declined with it. voided, refunded: all of it was given back.$$;
comment on column payment.payments.flow is
'sale_first: the hosted page charges the card; tokenise_first: the page only collects it, then it is
stored and charged; stored_method: a stored card is charged, without a page';
comment on column payment.payments.do_capture is
'false: the gateway only authorizes; the money moves when it is captured';
comment on column payment.payments.stored_method_id is
'the stored card that is charged; null: it is not known yet, or the page charges one';

alter table payment.gateway_calls
add column resource text,
drop constraint gateway_calls_purpose_known,
add constraint gateway_calls_purpose_known check (
    purpose in (
        'find_shopper', 'create_shopper', 'create_order', 'create_session',
        'fetch_session', 'fetch_transaction', 'void_transaction',
        'find_stored_card', 'create_stored_card', 'charge_stored_card', 'find_charge',
        'refund_transaction', 'find_returns',
        'list_notifications', 'list_batches', 'list_batch_transactions'
    )
),
drop constraint gateway_calls_path_form,
add constraint gateway_calls_path_form
check (path ~ '^/[a-z-]+(/[A-Za-z0-9_-]+(/[a-z-]+)?)?(\?[^\s#]*)?$');
comment on column payment.gateway_calls.resource is
'what of the gateway''s the call is about, where neither payment nor path say it';

alter table studio.settings
add column news_due_minutes integer,
add column late_money text,
add column charge_at time,
add column charge_attempts integer,
add column charge_summary_at time,
add column review_attempts integer,
add column review_hours integer,
add column refund_days integer,
add column refund_reason_length integer;
update studio.settings as s
set
    news_due_minutes = 5,
    late_money = 'retake',
    charge_at = '06:00',
    charge_attempts = 3,
    charge_summary_at = '09:00',
    review_attempts = 3,
    review_hours = 72,
    refund_days = 180,
    refund_reason_length = 10
where s.term_id is null;
alter table studio.settings
drop constraint settings_studio_complete,
drop constraint settings_term_may_override;
alter table studio.settings
add constraint settings_studio_complete check (
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
        review_attempts, review_hours, refund_days, refund_reason_length
    ) = 0
),
add constraint settings_term_may_override check (
    term_id is null
    or num_nonnulls(
        token_minutes, sign_in_attempts, sign_in_window_minutes, password_min_length,
        password_hash_cost, call_attempts, call_lease_seconds,
        call_courier_delay_seconds, message_attempts, message_lease_seconds,
        coupon_attempts, coupon_window_minutes, news_due_minutes, charge_at, charge_attempts,
        charge_summary_at
    ) = 0
),
add constraint settings_news_due_minutes_range check (news_due_minutes between 1 and 1440),
add constraint settings_late_money_known check (late_money in ('retake', 'return')),
add constraint settings_charge_attempts_range check (charge_attempts between 1 and 10),
add constraint settings_review_attempts_range check (review_attempts between 1 and 20),
add constraint settings_review_hours_range check (review_hours between 1 and 720),
add constraint settings_refund_days_range check (refund_days between 0 and 730),
add constraint settings_refund_reason_length_range check (refund_reason_length between 1 and 200);
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

insert into ops.status_transitions (entity, from_status, to_status) values
('payment.payments', 'open', 'declined'),
('payment.payments', 'declined', 'authorized'),
('payment.payments', 'authorized', 'refunded'),
('payment.stored_methods', 'active', 'removed'),
('payment.stored_methods', 'active', 'unusable'),
('payment.stored_methods', 'unusable', 'active'),
('payment.stored_methods', 'unusable', 'removed');
