create table payment.shoppers (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    merchant_account_id bigint not null,
    reference text not null,
    gateway_id text,
    created_at timestamptz not null default now(),
    constraint shoppers_pkey primary key (studio_id, id),
    constraint shoppers_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint shoppers_merchant_account_fkey
    foreign key (studio_id, merchant_account_id)
    references payment.merchant_accounts (studio_id, id) on delete restrict,
    constraint shoppers_family_key unique (studio_id, family_id, id),
    constraint shoppers_family_account_key unique (studio_id, family_id, merchant_account_id),
    constraint shoppers_reference_key unique (studio_id, reference)
);
create index shoppers_merchant_account_idx on payment.shoppers (studio_id, merchant_account_id);
alter table payment.shoppers owner to payment;
alter table payment.shoppers enable row level security;
alter table payment.shoppers force row level security;
comment on table payment.shoppers is
$$A family as the gateway knows it.

`reference` is ours, by which the gateway is asked after a lost answer.$$;
