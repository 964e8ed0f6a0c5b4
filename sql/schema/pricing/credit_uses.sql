create table pricing.credit_uses (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    credit_id bigint not null,
    registration_id bigint not null,
    amount_minor bigint not null,
    status text not null default 'held',
    created_at timestamptz not null default now(),
    constraint credit_uses_pkey primary key (studio_id, id),
    constraint credit_uses_credit_fkey
    foreign key (studio_id, family_id, credit_id)
    references pricing.credits (studio_id, family_id, id) on delete restrict,
    constraint credit_uses_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint credit_uses_credit_registration_key
    unique (studio_id, credit_id, registration_id),
    constraint credit_uses_amount_positive check (amount_minor > 0),
    constraint credit_uses_status_known check (status in ('held', 'used', 'returned'))
);
create index credit_uses_credit_idx on pricing.credit_uses (studio_id, family_id, credit_id);
create index credit_uses_registration_idx
on pricing.credit_uses (studio_id, family_id, registration_id);
alter table pricing.credit_uses owner to pricing;
alter table pricing.credit_uses enable row level security;
alter table pricing.credit_uses force row level security;
comment on table pricing.credit_uses is
$$A part of a credit as it was spent by a checkout.

held with the seats at checkout, used at confirmation, returned when the hold ends. What is held and
used of a credit is never more than was granted.$$;
comment on column pricing.credit_uses.amount_minor is 'minor units taken from the credit';
