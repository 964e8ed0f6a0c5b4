create table pricing.tier_prices (
    studio_id integer not null,
    id bigint generated always as identity,
    section_id bigint not null,
    tier_id bigint not null,
    amount_minor bigint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint tier_prices_pkey primary key (studio_id, id),
    constraint tier_prices_tier_fkey
    foreign key (studio_id, section_id, tier_id)
    references catalog.section_tiers (studio_id, section_id, id) on delete restrict,
    constraint tier_prices_version_key
    unique (studio_id, section_id, tier_id, version),
    constraint tier_prices_amount_range check (amount_minor between 0 and 99999999999),
    constraint tier_prices_version_positive check (version > 0),
    constraint tier_prices_one_at_a_time
    exclude using gist (
        studio_id with =,
        section_id with =,
        tier_id with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint tier_prices_validity_order check (superseded_at > valid_from)
);
create unique index tier_prices_live_key
on pricing.tier_prices (studio_id, section_id, tier_id) where superseded_at is null;
alter table pricing.tier_prices owner to pricing;
alter table pricing.tier_prices enable row level security;
alter table pricing.tier_prices force row level security;
comment on table pricing.tier_prices is
$$What a tier of a section costs a student, for all its dates together.

A change supersedes the row and adds the next version.$$;
comment on column pricing.tier_prices.amount_minor is 'minor units, once a student';
