create table pricing.rates (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    division_id bigint not null,
    weekly_count smallint not null,
    amount_minor bigint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    location_id bigint,
    constraint rates_pkey primary key (studio_id, id),
    constraint rates_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint rates_division_fkey
    foreign key (studio_id, division_id) references catalog.divisions (studio_id, id)
    on delete restrict,
    constraint rates_location_fkey
    foreign key (studio_id, location_id) references studio.locations (studio_id, id)
    on delete restrict,
    constraint rates_version_key
    unique nulls not distinct
    (studio_id, term_id, division_id, weekly_count, location_id, version),
    constraint rates_one_at_a_time
    exclude using gist (
        studio_id with =,
        term_id with =,
        division_id with =,
        weekly_count with =,
        coalesce(location_id, 0) with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint rates_weekly_count_positive check (weekly_count > 0),
    constraint rates_amount_not_negative check (amount_minor >= 0),
    constraint rates_version_positive check (version > 0),
    constraint rates_validity_order check (superseded_at > valid_from)
);
create unique index rates_live_key
on pricing.rates (studio_id, term_id, division_id, weekly_count, location_id)
nulls not distinct where superseded_at is null;
create index rates_division_idx on pricing.rates (studio_id, division_id);
create index rates_location_idx on pricing.rates (studio_id, location_id);
alter table pricing.rates owner to pricing;
alter table pricing.rates enable row level security;
alter table pricing.rates force row level security;
comment on table pricing.rates is
$$The rate table: tuition of a whole term by division and weekly count (the rate step).

Stored figures, never derived; tuition only, no fee inside. A location may have a list of its own.
A change supersedes the row and adds the next version.$$;
comment on column pricing.rates.amount_minor is
'minor units, for all weekly classes of the step together';
comment on column pricing.rates.location_id is
'whose price list the row is of; null: the list of all locations that have none of their own';
