create table catalog.section_tiers (
    studio_id integer not null,
    id bigint generated always as identity,
    section_id bigint not null,
    code text not null,
    name text not null,
    starts_at time not null,
    ends_at time not null,
    position smallint not null,
    is_offered boolean not null default true,
    constraint section_tiers_pkey primary key (studio_id, id),
    constraint section_tiers_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint section_tiers_section_code_key unique (studio_id, section_id, code),
    constraint section_tiers_section_key unique (studio_id, section_id, id),
    constraint section_tiers_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint section_tiers_name_given check (btrim(name) <> ''),
    constraint section_tiers_order check (starts_at < ends_at)
);
alter table catalog.section_tiers owner to catalog;
alter table catalog.section_tiers enable row level security;
alter table catalog.section_tiers force row level security;
comment on table catalog.section_tiers is
$$A named variant of a tiered section ("Half day"), with the hours a student is there on its dates.

Its price is a rule, in pricing.tier_prices. It has a seat like any other student, whatever the
tier. A code stays what it is: quotes name it.$$;
comment on column catalog.section_tiers.starts_at is 'local time of the studio, as ends_at';
comment on column catalog.section_tiers.is_offered is
'false: withdrawn; it goes on for those enrolled';
