create table identity.credentials (
    account_id bigint not null,
    password_hash text not null,
    changed_at timestamptz not null default now(),
    constraint credentials_pkey primary key (account_id),
    constraint credentials_account_fkey
    foreign key (account_id) references identity.accounts (id) on delete restrict,
    constraint credentials_password_hash_form check (password_hash ~ '^\$2[aby]\$')
);
alter table identity.credentials owner to identity;
alter table identity.credentials enable row level security;
alter table identity.credentials force row level security;
comment on table identity.credentials is
$$The bcrypt hash of an account's password. Platform table that only identity reads.$$;
