create table pricing.credits (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    amount_minor bigint not null,
    reason text not null,
    issued_by bigint,
    registration_id bigint,
    granted_at timestamptz not null default now(),
    constraint credits_pkey primary key (studio_id, id),
    constraint credits_family_key unique (studio_id, family_id, id),
    constraint credits_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint credits_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint credits_issued_by_fkey
    foreign key (issued_by) references identity.accounts (id) on delete restrict,
    constraint credits_amount_range check (amount_minor between 1 and 99999999999),
    constraint credits_reason_given check (btrim(reason) <> '')
);
create index credits_registration_idx
on pricing.credits (studio_id, family_id, registration_id);
create index credits_issued_by_idx on pricing.credits (issued_by);
create index credits_granted_at_idx on pricing.credits (studio_id, granted_at);
alter table pricing.credits owner to pricing;
alter table pricing.credits enable row level security;
alter table pricing.credits force row level security;
comment on table pricing.credits is
$$Money that the studio keeps for a family: how much was granted, by whom and why. Append-only.

What is spent of it is in pricing.credit_uses, in as many parts as it takes; the rest stays.$$;
comment on column pricing.credits.amount_minor is 'minor units granted';
comment on column pricing.credits.registration_id is 'the checkout it was granted for, if for any';
comment on column pricing.credits.issued_by is
'the account that granted it; null: it followed from something else';
