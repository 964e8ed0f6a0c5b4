create table pricing.family_awards (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    term_id bigint not null,
    family_discount_id bigint not null,
    registration_id bigint not null,
    amount_minor bigint not null,
    status text not null default 'held',
    created_at timestamptz not null default now(),
    constraint family_awards_pkey primary key (studio_id, id),
    constraint family_awards_discount_fkey
    foreign key (studio_id, family_discount_id)
    references pricing.family_discounts (studio_id, id) on delete restrict,
    constraint family_awards_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint family_awards_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint family_awards_amount_positive check (amount_minor > 0),
    constraint family_awards_status_known check (status in ('held', 'used', 'returned'))
);
create unique index family_awards_live_key
on pricing.family_awards (studio_id, family_id, term_id) where status in ('held', 'used');
create index family_awards_discount_idx on pricing.family_awards (studio_id, family_discount_id);
create index family_awards_registration_idx
on pricing.family_awards (studio_id, family_id, registration_id);
create index family_awards_term_idx on pricing.family_awards (studio_id, term_id);
alter table pricing.family_awards owner to pricing;
alter table pricing.family_awards enable row level security;
alter table pricing.family_awards force row level security;
comment on table pricing.family_awards is
$$The family discount as it was taken: at most one live row for a family and term.

held with the seats at checkout, used at confirmation, returned when the hold ends.$$;
