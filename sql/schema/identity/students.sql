create table identity.students (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    first_name text not null,
    last_name text not null,
    birth_date date not null,
    created_at timestamptz not null default now(),
    grade smallint,
    gender text,
    constraint students_pkey primary key (studio_id, id),
    constraint students_family_fkey
    foreign key (studio_id, family_id) references identity.families (
        studio_id, id
    ) on delete restrict,
    constraint students_family_key unique (studio_id, family_id, id),
    constraint students_first_name_given check (btrim(first_name) <> ''),
    constraint students_last_name_given check (btrim(last_name) <> ''),
    constraint students_grade_range check (grade between -3 and 12),
    constraint students_gender_known check (gender in ('female', 'male', 'other'))
);
alter table identity.students owner to identity;
alter table identity.students enable row level security;
alter table identity.students force row level security;
comment on table identity.students is
'A person who takes classes, of one family at one studio. Visible to that family and to staff.';
comment on column identity.students.grade is
'-3 nursery, -2 and -1 before kindergarten, 0 kindergarten, 1 to 12; null: not known';
comment on column identity.students.gender is 'null: not known';
