create table identity.accounts (
    id bigint generated always as identity,
    email text not null,
    full_name text not null,
    phone text,
    status text not null default 'active',
    token_version integer not null default 1,
    created_at timestamptz not null default now(),
    constraint accounts_pkey primary key (id),
    constraint accounts_email_key unique (email),
    constraint accounts_email_form check (
        email = lower(btrim(email)) and email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'
    ),
    constraint accounts_full_name_given check (btrim(full_name) <> ''),
    constraint accounts_phone_form check (phone ~ '^\+[1-9][0-9]{6,14}$'),
    constraint accounts_status_known check (status in ('active', 'inactive')),
    constraint accounts_token_version_positive check (token_version > 0)
);
alter table identity.accounts owner to identity;
alter table identity.accounts enable row level security;
alter table identity.accounts force row level security;
comment on table identity.accounts is
$$A person who may sign in, the same person in every studio.

Platform table, read by named functions only. Raising token_version revokes every token issued so
far.$$;
comment on column identity.accounts.phone is 'E.164';
