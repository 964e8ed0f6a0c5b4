create table enrollment.findings (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    requirement_id bigint not null,
    enforcement text not null,
    code text not null,
    waiver_id bigint,
    accepted_by bigint,
    accepted_at timestamptz not null default now(),
    reviewed_by bigint,
    reviewed_at timestamptz,
    review_note text,
    override_use_id bigint,
    constraint findings_pkey primary key (studio_id, id),
    constraint findings_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint findings_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint findings_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint findings_requirement_fkey
    foreign key (studio_id, requirement_id) references catalog.requirements (studio_id, id)
    on delete restrict,
    constraint findings_waiver_fkey
    foreign key (studio_id, family_id, waiver_id)
    references enrollment.waivers (studio_id, family_id, id) on delete restrict,
    constraint findings_override_use_fkey
    foreign key (studio_id, family_id, override_use_id)
    references enrollment.override_uses (studio_id, family_id, id) on delete restrict,
    constraint findings_accepted_by_fkey
    foreign key (accepted_by) references identity.accounts (id) on delete restrict,
    constraint findings_reviewed_by_fkey
    foreign key (reviewed_by) references identity.accounts (id) on delete restrict,
    constraint findings_once_key
    unique (studio_id, registration_id, student_id, section_id, requirement_id),
    constraint findings_enforcement_known check (enforcement in ('hard_block', 'soft_warn')),
    constraint findings_lifted_once check (num_nonnulls(waiver_id, override_use_id) <= 1),
    constraint findings_review_complete
    check (num_nulls(reviewed_by, reviewed_at, review_note) in (0, 3)),
    constraint findings_review_note_given check (btrim(review_note) <> '')
);
create index findings_registration_idx
on enrollment.findings (studio_id, family_id, registration_id);
create index findings_student_idx on enrollment.findings (studio_id, family_id, student_id);
create index findings_section_idx on enrollment.findings (studio_id, section_id);
create index findings_requirement_idx on enrollment.findings (studio_id, requirement_id);
create index findings_waiver_idx on enrollment.findings (studio_id, family_id, waiver_id);
create index findings_override_use_idx
on enrollment.findings (studio_id, family_id, override_use_id);
create index findings_accepted_by_idx on enrollment.findings (accepted_by);
create index findings_reviewed_by_idx on enrollment.findings (reviewed_by);
alter table enrollment.findings owner to enrollment;
alter table enrollment.findings enable row level security;
alter table enrollment.findings force row level security;
comment on table enrollment.findings is
$$A rule that was not met and didn't stop a checkout: the family acknowledged it, it was waived, or
staff overrode it.

Staff review them afterwards.$$;
comment on column enrollment.findings.accepted_by is
'the account that checked out; with waiver_id, under a rule that was waived';
