create table pricing.family_discounts (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    min_students smallint not null,
    amount_minor bigint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint family_discounts_pkey primary key (studio_id, id),
    constraint family_discounts_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint family_discounts_version_key unique (studio_id, term_id, version),
    constraint family_discounts_one_at_a_time
    exclude using gist (
        studio_id with =,
        term_id with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint family_discounts_min_students_range check (min_students >= 2),
    constraint family_discounts_amount_positive check (amount_minor > 0),
    constraint family_discounts_version_positive check (version > 0),
    constraint family_discounts_validity_order check (superseded_at > valid_from)
);
create unique index family_discounts_live_key
on pricing.family_discounts (studio_id, term_id) where superseded_at is null;
alter table pricing.family_discounts owner to pricing;
alter table pricing.family_discounts enable row level security;
alter table pricing.family_discounts force row level security;
comment on table pricing.family_discounts is
$$What a family saves once a term when enough of its students are enrolled or in the cart.

A change supersedes the row and adds the next version.$$;
comment on column pricing.family_discounts.amount_minor is
'minor units taken off, a positive number';
