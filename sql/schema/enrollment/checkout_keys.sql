create table enrollment.checkout_keys (
    studio_id integer not null,
    family_id bigint not null,
    idempotency_key text not null,
    arguments_hash text not null,
    registration_id bigint,
    created_at timestamptz not null default now(),
    constraint checkout_keys_pkey primary key (studio_id, family_id, idempotency_key),
    constraint checkout_keys_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint checkout_keys_key_length
    check (length(idempotency_key) between 8 and 200)
);
create index checkout_keys_registration_idx
on enrollment.checkout_keys (studio_id, family_id, registration_id);
alter table enrollment.checkout_keys owner to enrollment;
alter table enrollment.checkout_keys enable row level security;
alter table enrollment.checkout_keys force row level security;
comment on table enrollment.checkout_keys is
$$The idempotency keys of checkouts: a repeated key answers the registration it made.

registration_id is null only inside the transaction that makes it.$$;
