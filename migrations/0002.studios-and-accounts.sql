-- Studios, the people who sign in, families and students.
-- depends: 0001.operations
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table studio.studios (
    id integer generated always as identity,
    slug text not null,
    name text not null,
    timezone text not null,
    currency text not null,
    created_at timestamptz not null default now(),
    constraint studios_pkey primary key (id),
    constraint studios_slug_key unique (slug),
    constraint studios_slug_form check (slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
    constraint studios_name_given check (btrim(name) <> ''),
    constraint studios_currency_form check (currency ~ '^[A-Z]{3}$')
);
alter table studio.studios owner to studio;
alter table studio.studios enable row level security;
alter table studio.studios force row level security;
comment on table studio.studios is
$$A studio: one tenant of the platform.

Platform table. `slug` is what callers send in the header X-Studio.$$;
comment on column studio.studios.currency is
'ISO 4217; every *_minor of the studio counts its minor units';
comment on column studio.studios.timezone is
'IANA zone in which the studio''s dates and times are meant';

create table studio.locations (
    studio_id integer not null,
    id bigint generated always as identity,
    name text not null,
    address text not null,
    created_at timestamptz not null default now(),
    constraint locations_pkey primary key (studio_id, id),
    constraint locations_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint locations_name_key unique (studio_id, name),
    constraint locations_name_given check (btrim(name) <> '')
);
alter table studio.locations owner to studio;
alter table studio.locations enable row level security;
alter table studio.locations force row level security;
comment on table studio.locations is 'A place where a studio teaches, with its street address.';

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

create table identity.sign_in_attempts (
    id bigint generated always as identity,
    email_digest bytea not null,
    attempted_at timestamptz not null default now(),
    constraint sign_in_attempts_pkey primary key (id)
);
create index sign_in_attempts_email_digest_idx
on identity.sign_in_attempts (email_digest, attempted_at);
alter table identity.sign_in_attempts owner to identity;
alter table identity.sign_in_attempts enable row level security;
alter table identity.sign_in_attempts force row level security;
comment on table identity.sign_in_attempts is
$$Failed sign-ins, by digest of the address, for known and unknown addresses alike.

Platform table that only identity reads; cleared for an address when it signs in.$$;

create table identity.signing_keys (
    kid text not null,
    secret bytea not null,
    installed_at timestamptz not null default now(),
    constraint signing_keys_pkey primary key (kid),
    constraint signing_keys_secret_length check (octet_length(secret) >= 32)
);
alter table identity.signing_keys owner to identity;
alter table identity.signing_keys enable row level security;
alter table identity.signing_keys force row level security;
comment on table identity.signing_keys is
$$Keys that sign access tokens (HS256); the newest signs, PostgREST accepts each that it was given.

Platform table that only identity reads.$$;

create table identity.families (
    studio_id integer not null,
    id bigint generated always as identity,
    name text not null,
    created_at timestamptz not null default now(),
    constraint families_pkey primary key (studio_id, id),
    constraint families_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint families_name_given check (btrim(name) <> '')
);
alter table identity.families owner to identity;
alter table identity.families enable row level security;
alter table identity.families force row level security;
comment on table identity.families is
'A household at one studio: what is enrolled, billed and seen together.';

create table identity.guardians (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    account_id bigint not null,
    is_primary boolean not null default false,
    sms_opt_in boolean not null default false,
    created_at timestamptz not null default now(),
    constraint guardians_pkey primary key (studio_id, id),
    constraint guardians_family_fkey
    foreign key (studio_id, family_id) references identity.families (
        studio_id, id
    ) on delete restrict,
    constraint guardians_account_fkey
    foreign key (account_id) references identity.accounts (id) on delete restrict,
    constraint guardians_family_account_key unique (studio_id, family_id, account_id)
);
create index guardians_account_idx on identity.guardians (account_id, studio_id);
create unique index guardians_primary_key
on identity.guardians (studio_id, family_id) where is_primary;
alter table identity.guardians owner to identity;
alter table identity.guardians enable row level security;
alter table identity.guardians force row level security;
comment on table identity.guardians is
$$An account that may act for a family.

Exactly one at most is the primary one, who gets its messages.
Read afresh at every request.$$;
comment on column identity.guardians.sms_opt_in is
'wants messages by SMS as well, to the account''s phone';

create table identity.students (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    first_name text not null,
    last_name text not null,
    birth_date date not null,
    created_at timestamptz not null default now(),
    constraint students_pkey primary key (studio_id, id),
    constraint students_family_fkey
    foreign key (studio_id, family_id) references identity.families (
        studio_id, id
    ) on delete restrict,
    constraint students_family_key unique (studio_id, family_id, id),
    constraint students_first_name_given check (btrim(first_name) <> ''),
    constraint students_last_name_given check (btrim(last_name) <> '')
);
alter table identity.students owner to identity;
alter table identity.students enable row level security;
alter table identity.students force row level security;
comment on table identity.students is
'A person who takes classes, of one family at one studio. Visible to that family and to staff.';

create table studio.memberships (
    studio_id integer not null,
    id bigint generated always as identity,
    account_id bigint not null,
    role text not null,
    status text not null default 'active',
    created_at timestamptz not null default now(),
    constraint memberships_pkey primary key (studio_id, id),
    constraint memberships_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint memberships_account_fkey
    foreign key (account_id) references identity.accounts (id) on delete restrict,
    constraint memberships_account_role_key unique (studio_id, account_id, role),
    constraint memberships_role_known
    check (role in ('instructor', 'staff', 'manager', 'owner', 'platform_admin')),
    constraint memberships_status_known check (status in ('active', 'ended'))
);
create index memberships_account_id_idx on studio.memberships (account_id);
alter table studio.memberships owner to studio;
alter table studio.memberships enable row level security;
alter table studio.memberships force row level security;
comment on table studio.memberships is
$$In which role an account works for a studio.

Read afresh at every request: ending a membership ends what its tokens may do.$$;
