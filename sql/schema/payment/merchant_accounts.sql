create table payment.merchant_accounts (
    id bigint generated always as identity,
    studio_id integer not null,
    code text not null,
    alias text not null,
    merchant_ref text not null,
    host text not null,
    status text not null default 'active',
    created_at timestamptz not null default now(),
    constraint merchant_accounts_pkey primary key (id),
    constraint merchant_accounts_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint merchant_accounts_code_key unique (code),
    constraint merchant_accounts_studio_key unique (studio_id, id),
    constraint merchant_accounts_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint merchant_accounts_host_form check (host ~ '^[a-z][a-z0-9_]*$'),
    constraint merchant_accounts_status_known check (status in ('active', 'inactive'))
);
create unique index merchant_accounts_active_key
on payment.merchant_accounts (studio_id) where status = 'active';
alter table payment.merchant_accounts owner to payment;
alter table payment.merchant_accounts enable row level security;
alter table payment.merchant_accounts force row level security;
comment on table payment.merchant_accounts is
$$The account at the card gateway that a studio's money goes to.

Platform table. Secrets are not here: the shim reads them from its environment by `code`, and the
gateway's address by `host`.$$;
comment on column payment.merchant_accounts.alias is 'user name of our calls to the gateway';
comment on column payment.merchant_accounts.merchant_ref is
'the gateway''s id of the merchant; notices must carry it';
