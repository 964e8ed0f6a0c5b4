create table enrollment.placements (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    student_id bigint not null,
    division_id bigint not null,
    placed_by bigint not null,
    placed_at timestamptz not null default now(),
    constraint placements_pkey primary key (studio_id, id),
    constraint placements_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint placements_division_fkey
    foreign key (studio_id, division_id) references catalog.divisions (studio_id, id)
    on delete restrict,
    constraint placements_placed_by_fkey
    foreign key (placed_by) references identity.accounts (id) on delete restrict,
    constraint placements_student_key unique (studio_id, student_id)
);
create index placements_student_idx on enrollment.placements (studio_id, family_id, student_id);
create index placements_division_idx on enrollment.placements (studio_id, division_id);
create index placements_placed_by_idx on enrollment.placements (placed_by);
alter table enrollment.placements owner to enrollment;
alter table enrollment.placements enable row level security;
alter table enrollment.placements force row level security;
comment on table enrollment.placements is
$$The division that staff have placed a student in; without a row the student's grade says it.

As it is now; what it was before is in the audit log.$$;
