create table enrollment.enrollments (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    status text not null default 'pending',
    created_at timestamptz not null default now(),
    price_mode text not null,
    tier_id bigint,
    dates date[],
    constraint enrollments_pkey primary key (studio_id, id),
    constraint enrollments_family_key unique (studio_id, family_id, student_id, section_id, id),
    constraint enrollments_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint enrollments_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint enrollments_section_fkey
    foreign key (studio_id, section_id, price_mode)
    references catalog.sections (studio_id, id, price_mode)
    on update cascade on delete restrict,
    constraint enrollments_tier_fkey
    foreign key (studio_id, section_id, tier_id)
    references catalog.section_tiers (studio_id, section_id, id) on delete restrict,
    constraint enrollments_tier_by_mode
    check ((price_mode = 'tiered') = (tier_id is not null)),
    constraint enrollments_dates_by_mode
    check ((price_mode = 'drop_in') = (dates is not null)),
    constraint enrollments_dates_given
    check (cardinality(dates) > 0 and array_position(dates, null) is null),
    constraint enrollments_status_known
    check (status in ('pending', 'confirmed', 'failed', 'cancelled'))
);
create unique index enrollments_live_key
on enrollment.enrollments (studio_id, student_id, section_id)
where status in ('pending', 'confirmed') and dates is null;
create index enrollments_section_idx on enrollment.enrollments (studio_id, section_id, price_mode);
create index enrollments_tier_idx on enrollment.enrollments (studio_id, section_id, tier_id);
-- The last one: of indexes that look alike to the planner, as all do while there are few rows, the
-- newest is taken, and this one leads to a family.
create index enrollments_registration_idx
on enrollment.enrollments (studio_id, family_id, registration_id);
alter table enrollment.enrollments owner to enrollment;
alter table enrollment.enrollments enable row level security;
alter table enrollment.enrollments force row level security;
comment on table enrollment.enrollments is
$$One student in one section, by one registration.

It holds a row of enrollment.seats while it is live, one for each date where it is for dates. A
student has one live enrollment in a section, and any number for dates, each date once: that is for
the seats to refuse.$$;
comment on column enrollment.enrollments.price_mode is
'that of the section; it says whether a tier or dates are picked';
comment on column enrollment.enrollments.tier_id is 'the tier that was picked, in a tiered section';
comment on column enrollment.enrollments.dates is
'local days that were picked, in their order, in a section that is sold by date';
