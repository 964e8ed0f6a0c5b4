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
