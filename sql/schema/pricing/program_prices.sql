create table pricing.program_prices (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    program_id bigint not null,
    amount_minor bigint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    registration_fee_minor bigint,
    constraint program_prices_pkey primary key (studio_id, id),
    constraint program_prices_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint program_prices_program_fkey
    foreign key (studio_id, program_id) references catalog.programs (studio_id, id)
    on delete restrict,
    constraint program_prices_version_key unique (studio_id, term_id, program_id, version),
    constraint program_prices_one_at_a_time
    exclude using gist (
        studio_id with =,
        term_id with =,
        program_id with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint program_prices_amount_not_negative check (amount_minor >= 0),
    constraint program_prices_registration_fee_not_negative check (registration_fee_minor >= 0),
    constraint program_prices_version_positive check (version > 0),
    constraint program_prices_validity_order check (superseded_at > valid_from)
);
create unique index program_prices_live_key
on pricing.program_prices (studio_id, term_id, program_id) where superseded_at is null;
create index program_prices_program_idx on pricing.program_prices (studio_id, program_id);
alter table pricing.program_prices owner to pricing;
alter table pricing.program_prices enable row level security;
alter table pricing.program_prices force row level security;
comment on table pricing.program_prices is
$$The set price of a program for a term, outside rate table, fees and discounts.

A change supersedes the row and adds the next version.$$;
comment on column pricing.program_prices.amount_minor is 'minor units, once a student and term';
comment on column pricing.program_prices.registration_fee_minor is
'minor units that a class of the program asks of the term''s fee registration; 0: nothing; null: as
that fee says, which asks nothing where its charged_modes leave programs out. Of several classes
the highest applies';
