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
    weekdays smallint[],
    ended_on date,
    from_enrollment_id bigint,
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
    constraint enrollments_dates_by_mode check (
        case price_mode
            when 'drop_in' then dates is not null
            when 'standard' then true
            else dates is null
        end
    ),
    constraint enrollments_weekdays_by_mode
    check (weekdays is null or (price_mode = 'standard' and dates is null)),
    -- In their order, each once.
    constraint enrollments_weekdays_given check (
        cardinality(weekdays) > 0
        and weekdays = array_remove(
            array[
                case when 1 = any(weekdays) then 1::smallint end,
                case when 2 = any(weekdays) then 2::smallint end,
                case when 3 = any(weekdays) then 3::smallint end,
                case when 4 = any(weekdays) then 4::smallint end,
                case when 5 = any(weekdays) then 5::smallint end,
                case when 6 = any(weekdays) then 6::smallint end,
                case when 7 = any(weekdays) then 7::smallint end
            ],
            null
        )
    ),
    constraint enrollments_dates_given
    check (cardinality(dates) > 0 and array_position(dates, null) is null),
    constraint enrollments_status_known
    check (status in ('pending', 'confirmed', 'failed', 'cancelled')),
    constraint enrollments_from_fkey
    foreign key (studio_id, from_enrollment_id)
    references enrollment.enrollments (studio_id, id) on delete restrict,
    constraint enrollments_ended_by_status
    check (ended_on is null or status in ('confirmed', 'cancelled'))
);
create unique index enrollments_live_key
on enrollment.enrollments (studio_id, student_id, section_id)
where status in ('pending', 'confirmed') and dates is null;
create index enrollments_section_idx on enrollment.enrollments (studio_id, section_id, price_mode);
create index enrollments_tier_idx on enrollment.enrollments (studio_id, section_id, tier_id);
create unique index enrollments_from_key
on enrollment.enrollments (studio_id, from_enrollment_id);
create index enrollments_ending_idx
on enrollment.enrollments (studio_id, ended_on)
where status = 'confirmed' and ended_on is not null;
-- The last one: of indexes that look alike to the planner, as all do while there are few rows, the
-- newest is taken, and this one leads to a family.
create index enrollments_registration_idx
on enrollment.enrollments (studio_id, family_id, registration_id);
alter table enrollment.enrollments owner to enrollment;
alter table enrollment.enrollments enable row level security;
alter table enrollment.enrollments force row level security;
comment on table enrollment.enrollments is
$$One student in one section, by one registration.

It holds a row of enrollment.seats while it is live, one for each date where it is for dates, as far
as the meetings take place; its dates go along with meetings that are moved. A student has one live
enrollment in a section, and any number for dates, each date once: that is for the seats to
refuse.$$;
comment on column enrollment.enrollments.price_mode is
'that of the section; it says whether a tier, dates or weekdays may be picked';
comment on column enrollment.enrollments.tier_id is 'the tier that was picked, in a tiered section';
comment on column enrollment.enrollments.dates is
'local days that were picked, in their order; null: not by date';
comment on column enrollment.enrollments.weekdays is
'ISO weekdays that were picked, in their order, of a section sold by weekday; null: all of them';
comment on column enrollment.enrollments.ended_on is
'local day from which the student no longer comes; null: as long as the section goes on, or not
known';
comment on column enrollment.enrollments.from_enrollment_id is
'the enrollment that the student was moved from; null: it was checked out';
