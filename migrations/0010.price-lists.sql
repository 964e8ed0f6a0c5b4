-- Price lists by location, and no two rules of one thing at the same instant.
-- depends: 0009.orders
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
-- squawk-ignore-file adding-foreign-key-constraint, disallowed-unique-constraint
-- squawk-ignore-file require-concurrent-index-creation, require-concurrent-index-deletion
set local lock_timeout = '3s';
set local statement_timeout = '60s';

-- Tables of rules are small: staff write them by hand, so an index is built in no time. A live row
-- was unique before; where past ones overlap, a person has to say which of them counted.
alter table pricing.rates add column location_id bigint;
comment on column pricing.rates.location_id is
'whose price list the row is of; null: the list of all locations that have none of their own';
comment on table pricing.rates is
$$The rate table: tuition of a whole term by division and weekly count (the rate step).

Stored figures, never derived; tuition only, no fee inside. A location may have a list of its own.
A change supersedes the row and adds the next version.$$;

alter table pricing.rates drop constraint rates_version_key;
drop index pricing.rates_live_key;
alter table pricing.rates
add constraint rates_location_fkey
foreign key (studio_id, location_id) references studio.locations (studio_id, id)
on delete restrict,
add constraint rates_version_key
unique nulls not distinct
(studio_id, term_id, division_id, weekly_count, location_id, version),
add constraint rates_one_at_a_time
exclude using gist (
    studio_id with =,
    term_id with =,
    division_id with =,
    weekly_count with =,
    coalesce(location_id, 0) with =,
    tstzrange(valid_from, superseded_at) with &&
);
create unique index rates_live_key
on pricing.rates (studio_id, term_id, division_id, weekly_count, location_id)
nulls not distinct where superseded_at is null;
create index rates_location_idx on pricing.rates (studio_id, location_id);

alter table pricing.program_prices
add constraint program_prices_one_at_a_time
exclude using gist (
    studio_id with =,
    term_id with =,
    program_id with =,
    tstzrange(valid_from, superseded_at) with &&
);

alter table pricing.fee_rules
add constraint fee_rules_one_at_a_time
exclude using gist (
    studio_id with =,
    term_id with =,
    code with =,
    tstzrange(valid_from, superseded_at) with &&
);

alter table pricing.family_discounts
add constraint family_discounts_one_at_a_time
exclude using gist (
    studio_id with =,
    term_id with =,
    tstzrange(valid_from, superseded_at) with &&
);

alter table pricing.payment_plans
add constraint payment_plans_one_at_a_time
exclude using gist (
    studio_id with =,
    term_id with =,
    code with =,
    tstzrange(valid_from, superseded_at) with &&
);

alter table pricing.overrides
add constraint overrides_one_at_a_time
exclude using gist (
    studio_id with =,
    student_id with =,
    section_id with =,
    tstzrange(valid_from, superseded_at) with &&
);

create domain ops."text/csv" as text;
alter domain ops."text/csv" owner to ops;
comment on domain ops."text/csv" is
'A table as comma-separated values (RFC 4180); PostgREST answers it as a body of this media type.';
