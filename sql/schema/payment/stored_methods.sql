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
    constraint stored_methods_gateway_id_form check (gateway_id ~ '^[A-Za-z0-9_-]+$'),
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
