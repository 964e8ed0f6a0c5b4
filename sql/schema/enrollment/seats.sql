create table enrollment.seats (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    enrollment_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    place_number integer,
    dates datemultirange not null,
    during tstzmultirange not null,
    status text not null default 'held',
    created_at timestamptz not null default now(),
    constraint seats_pkey primary key (studio_id, id),
    constraint seats_enrollment_fkey
    foreign key (studio_id, family_id, student_id, section_id, enrollment_id)
    references enrollment.enrollments (studio_id, family_id, student_id, section_id, id)
    on delete restrict,
    constraint seats_place_fkey
    foreign key (studio_id, section_id, place_number)
    references enrollment.places (studio_id, section_id, place_number) on delete restrict,
    constraint seats_status_known check (status in ('held', 'offered', 'reserved', 'confirmed')),
    constraint seats_dates_given check (not isempty(dates) and not isempty(during)),
    -- In the order in which columns tell rows apart: GiST compares one after the other.
    constraint seats_place_taken_once
    exclude using gist (
        section_id with =, place_number with =, studio_id with =, dates with &&
    ),
    constraint seats_student_in_one_place
    exclude using gist (student_id with =, studio_id with =, during with &&)
    where (status in ('held', 'confirmed'))
);
create index seats_enrollment_idx
on enrollment.seats (studio_id, family_id, student_id, section_id, enrollment_id);
alter table enrollment.seats owner to enrollment;
alter table enrollment.seats enable row level security;
alter table enrollment.seats force row level security;
comment on table enrollment.seats is
$$A claim on a place: which student has it, on which days, at which minutes.

Two exclusion constraints are the promises: no place is taken twice on a date, no student is in two
places at once. An enrollment has one row; one for dates has a row for each of them, since they may
be on different places. A row lives as long as the claim; its history is in enrollments and domain
events.$$;
comment on column enrollment.seats.dates is 'local days on which the place is taken';
comment on column enrollment.seats.during is 'the minutes the student is there';
comment on column enrollment.seats.place_number is 'null in a section without a capacity';
