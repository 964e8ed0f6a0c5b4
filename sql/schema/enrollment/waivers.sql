create table enrollment.waivers (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    student_id bigint not null,
    kind text not null,
    class_id bigint,
    reason text not null,
    granted_by bigint not null,
    granted_at timestamptz not null default now(),
    expires_at timestamptz not null,
    withdrawn_at timestamptz,
    withdrawal_reason text,
    constraint waivers_pkey primary key (studio_id, id),
    constraint waivers_family_key unique (studio_id, family_id, id),
    constraint waivers_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint waivers_class_fkey
    foreign key (studio_id, class_id) references catalog.classes (studio_id, id)
    on delete restrict,
    constraint waivers_granted_by_fkey
    foreign key (granted_by) references identity.accounts (id) on delete restrict,
    constraint waivers_kind_known check (
        kind in (
            'schedule_conflict', 'prerequisite', 'corequisite', 'teacher_approval', 'audition',
            'age_or_grade', 'gender', 'parent_present', 'division', 'balance_owed'
        )
    ),
    -- A clash is of two sections, everything else of one class.
    constraint waivers_class_by_kind
    check ((kind = 'schedule_conflict') = (class_id is null)),
    constraint waivers_reason_given check (btrim(reason) <> ''),
    constraint waivers_validity_order check (expires_at > granted_at),
    constraint waivers_withdrawal_complete
    check ((withdrawn_at is null) = (withdrawal_reason is null)),
    constraint waivers_withdrawal_reason_given check (btrim(withdrawal_reason) <> '')
);
create index waivers_student_idx on enrollment.waivers (studio_id, family_id, student_id);
create index waivers_class_idx on enrollment.waivers (studio_id, class_id);
create index waivers_granted_by_idx on enrollment.waivers (granted_by);
alter table enrollment.waivers owner to enrollment;
alter table enrollment.waivers enable row level security;
alter table enrollment.waivers force row level security;
comment on table enrollment.waivers is
$$A rule that staff have lifted for one student: which kind, for which class, why, until when.

enrollment.waiver_sections has the two sections of a clash that is waived, or the one section of the
class that it is limited to.$$;
comment on column enrollment.waivers.expires_at is
'the end of a day at the studio, from which it no longer counts';
