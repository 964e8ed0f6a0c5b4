create table payment.payments (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    merchant_account_id bigint not null,
    shopper_id bigint not null,
    reference text not null,
    amount_minor bigint not null,
    currency text not null,
    status text not null default 'open',
    return_url text,
    cancel_url text,
    order_ref text,
    session_ref text,
    session_url text,
    session_ends_at timestamptz,
    final_answer_due_at timestamptz,
    accepted_sale_id bigint,
    created_at timestamptz not null default now(),
    flow text not null default 'sale_first',
    do_capture boolean not null default true,
    stored_method_id bigint,
    installment_id bigint,
    credential_type text,
    hosted_card_ref text,
    card_scheme text,
    card_last4 text,
    card_expires_on date,
    card_fingerprint text,
    constraint payments_pkey primary key (studio_id, id),
    constraint payments_family_key unique (studio_id, family_id, id),
    constraint payments_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint payments_merchant_account_fkey
    foreign key (studio_id, merchant_account_id)
    references payment.merchant_accounts (studio_id, id) on delete restrict,
    constraint payments_shopper_fkey
    foreign key (studio_id, family_id, shopper_id)
    references payment.shoppers (studio_id, family_id, id) on delete restrict,
    constraint payments_reference_key unique (studio_id, reference),
    constraint payments_amount_positive check (amount_minor > 0),
    constraint payments_currency_form check (currency ~ '^[A-Z]{3}$'),
    constraint payments_status_known check (
        status in ('open', 'authorized', 'declined', 'expired', 'failed', 'voided', 'refunded')
    ),
    constraint payments_accepted_sale check (
        (status in ('authorized', 'voided', 'refunded')) = (accepted_sale_id is not null)
    ),
    constraint payments_flow_known
    check (flow in ('sale_first', 'tokenise_first', 'stored_method')),
    constraint payments_page_by_flow check (
        case flow
            when 'stored_method'
                then num_nonnulls(return_url, cancel_url, session_ends_at, session_ref) = 0
            else num_nulls(return_url, cancel_url, session_ends_at) = 0
        end
    ),
    constraint payments_stored_method_by_flow check (
        case flow
            when 'stored_method' then stored_method_id is not null
            when 'sale_first' then stored_method_id is null
            else true
        end
    ),
    constraint payments_stored_method_fkey
    foreign key (studio_id, family_id, stored_method_id)
    references payment.stored_methods (studio_id, family_id, id) on delete restrict,
    constraint payments_credential_type_known
    check (credential_type in ('recurring', 'unscheduled')),
    constraint payments_credential_type_by_flow
    check ((flow = 'sale_first') = (credential_type is null)),
    constraint payments_card_by_flow check (
        flow = 'tokenise_first'
        or num_nonnulls(
            hosted_card_ref, card_scheme, card_last4, card_expires_on, card_fingerprint
        ) = 0
    ),
    constraint payments_hosted_card_ref_form check (hosted_card_ref ~ '^[A-Za-z0-9_-]+$'),
    constraint payments_card_last4_form check (card_last4 ~ '^[0-9]{4}$'),
    constraint payments_session_complete
    check ((session_ref is null) = (session_url is null))
);
create unique index payments_open_key
on payment.payments (studio_id, registration_id) where status = 'open';
create unique index payments_session_ref_key
on payment.payments (studio_id, merchant_account_id, session_ref);
create index payments_registration_idx
on payment.payments (studio_id, family_id, registration_id);
create index payments_merchant_account_idx on payment.payments (studio_id, merchant_account_id);
create index payments_shopper_idx on payment.payments (studio_id, family_id, shopper_id);
create index payments_session_end_idx
on payment.payments (studio_id, session_ends_at) where status = 'open';
create index payments_stored_method_idx
on payment.payments (studio_id, family_id, stored_method_id);
-- What is open is asked about by its age, whatever has a page.
create index payments_open_idx
on payment.payments (studio_id, created_at) where status = 'open' and created_at is not null;
alter table payment.payments owner to payment;
alter table payment.payments enable row level security;
alter table payment.payments force row level security;
comment on table payment.payments is
$$One try to pay something of a registration by card.

open until a transaction is authorized, or its session ended without one (expired), or it could not
be set up (failed). A decline leaves it open where somebody is at a page, who may take another card;
the charge of a stored card is declined with it. voided, refunded: all of it was given back.$$;
comment on column payment.payments.reference is
'our reference, the gateway''s orderReference; it reaches the transaction';
comment on column payment.payments.accepted_sale_id is
'the transaction that authorized it; any other one is given back';
comment on column payment.payments.final_answer_due_at is
'set when the gateway is asked, after the end of the session, what became of it: later than this
its silence no longer keeps the seats';
comment on column payment.payments.flow is
'sale_first: the hosted page charges the card; tokenise_first: the page only collects it, then it is
stored and charged; stored_method: a stored card is charged, without a page';
comment on column payment.payments.do_capture is
'false: the gateway only authorizes; the money moves when it is captured';
comment on column payment.payments.stored_method_id is
'the stored card that is charged; null: it is not known yet, or the page charges one';
comment on column payment.payments.installment_id is
'the part of a plan that is paid; null: what is due before the registration is confirmed';
comment on column payment.payments.credential_type is
'what the gateway is told of a charge that nobody is present at: recurring, one of the plan;
unscheduled, one by hand';
comment on column payment.payments.hosted_card_ref is
'the gateway''s one-time token of the card that a page has collected';
comment on column payment.payments.card_fingerprint is
'of that card: by it, or by its last digits and expiry, one that is stored already is found';
