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
