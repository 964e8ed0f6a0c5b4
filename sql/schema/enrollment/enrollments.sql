create table enrollment.enrollments (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    status text not null default 'pending',
    created_at timestamptz not null default now(),
    constraint enrollments_pkey primary key (studio_id, id),
    constraint enrollments_family_key unique (studio_id, family_id, student_id, section_id, id),
    constraint enrollments_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint enrollments_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint enrollments_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint enrollments_status_known
    check (status in ('pending', 'confirmed', 'failed', 'cancelled'))
);
create unique index enrollments_live_key
on enrollment.enrollments (studio_id, student_id, section_id)
where status in ('pending', 'confirmed');
create index enrollments_registration_idx
on enrollment.enrollments (studio_id, family_id, registration_id);
create index enrollments_section_idx on enrollment.enrollments (studio_id, section_id);
alter table enrollment.enrollments owner to enrollment;
alter table enrollment.enrollments enable row level security;
alter table enrollment.enrollments force row level security;
comment on table enrollment.enrollments is
$$One student in one section, by one registration.

It holds a row of enrollment.seats while it is live.$$;
