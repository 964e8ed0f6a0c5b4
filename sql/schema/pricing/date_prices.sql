create table pricing.date_prices (
    studio_id integer not null,
    id bigint generated always as identity,
    section_id bigint not null,
    held_on date,
    amount_minor bigint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint date_prices_pkey primary key (studio_id, id),
    constraint date_prices_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint date_prices_version_key
    unique nulls not distinct (studio_id, section_id, held_on, version),
    constraint date_prices_amount_range check (amount_minor between 0 and 99999999999),
    constraint date_prices_version_positive check (version > 0),
    constraint date_prices_one_at_a_time
    exclude using gist (
        studio_id with =,
        section_id with =,
        coalesce(held_on, '0001-01-01'::date) with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint date_prices_validity_order check (superseded_at > valid_from)
);
create unique index date_prices_live_key
on pricing.date_prices (studio_id, section_id, held_on) nulls not distinct
where superseded_at is null;
alter table pricing.date_prices owner to pricing;
alter table pricing.date_prices enable row level security;
alter table pricing.date_prices force row level security;
comment on table pricing.date_prices is
$$What a date costs in a section that is sold by date: one price for all, and others for some.

A change supersedes the row and adds the next version.$$;
comment on column pricing.date_prices.held_on is
'local day of the studio; null: the price of every date that has none of its own';
comment on column pricing.date_prices.amount_minor is 'minor units, for one student and date';
