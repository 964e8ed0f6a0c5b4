create table pricing.add_ons (
    studio_id integer not null,
    id bigint generated always as identity,
    section_id bigint not null,
    code text not null,
    name text not null,
    description text,
    amount_minor bigint not null,
    required boolean not null,
    position smallint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint add_ons_pkey primary key (studio_id, id),
    constraint add_ons_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint add_ons_version_key unique (studio_id, section_id, code, version),
    constraint add_ons_code_form check (code ~ '^[a-z][a-z0-9_]{0,62}$'),
    constraint add_ons_name_length check (length(btrim(name)) between 1 and 100),
    constraint add_ons_description_length check (length(btrim(description)) between 1 and 1000),
    constraint add_ons_amount_range check (amount_minor between 0 and 99999999999),
    constraint add_ons_version_positive check (version > 0),
    constraint add_ons_one_at_a_time
    exclude using gist (
        studio_id with =,
        section_id with =,
        code with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint add_ons_validity_order check (superseded_at > valid_from)
);
create unique index add_ons_live_key
on pricing.add_ons (studio_id, section_id, code) where superseded_at is null;
alter table pricing.add_ons owner to pricing;
alter table pricing.add_ons enable row level security;
alter table pricing.add_ons force row level security;
comment on table pricing.add_ons is
$$What can be had beside a section, such as an early drop-off: once a student, never discounted.

A required one is charged with the section, another only where it was asked for. A change supersedes
the row and adds the next version; who had asked for it gets the new price at the next quote.$$;
comment on column pricing.add_ons.amount_minor is 'minor units for one student';
comment on column pricing.add_ons.description is 'for families, null when the name says it all';
