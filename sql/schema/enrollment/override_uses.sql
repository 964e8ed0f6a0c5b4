create table enrollment.override_uses (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    code text not null,
    requirement_id bigint,
    reason text not null,
    overridden_by bigint not null,
    overridden_at timestamptz not null default now(),
    constraint override_uses_pkey primary key (studio_id, id),
    constraint override_uses_family_key unique (studio_id, family_id, id),
    constraint override_uses_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint override_uses_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint override_uses_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint override_uses_requirement_fkey
    foreign key (studio_id, requirement_id) references catalog.requirements (studio_id, id)
    on delete restrict,
    constraint override_uses_overridden_by_fkey
    foreign key (overridden_by) references identity.accounts (id) on delete restrict,
    constraint override_uses_once_key
    unique nulls not distinct (
        studio_id, registration_id, student_id, section_id, code, requirement_id
    ),
    constraint override_uses_reason_given check (btrim(reason) <> '')
);
create index override_uses_registration_idx
on enrollment.override_uses (studio_id, family_id, registration_id);
create index override_uses_student_idx
on enrollment.override_uses (studio_id, family_id, student_id);
create index override_uses_section_idx on enrollment.override_uses (studio_id, section_id);
create index override_uses_requirement_idx
on enrollment.override_uses (studio_id, requirement_id);
create index override_uses_overridden_by_idx on enrollment.override_uses (overridden_by);
alter table enrollment.override_uses owner to enrollment;
alter table enrollment.override_uses enable row level security;
alter table enrollment.override_uses force row level security;
comment on table enrollment.override_uses is
$$What spoke against a registration that staff entered, and was overridden: by whom and why.

Each is one finding of one student and one section. A waiver lifts a rule of a student beforehand
and until it expires; an override lifts what one checkout would have been refused for, that once.$$;
comment on column enrollment.override_uses.code is 'of the finding, as in the error register';
comment on column enrollment.override_uses.requirement_id is
'the rule that was not met; null: it was no rule, but the dates of registration or the queue';
