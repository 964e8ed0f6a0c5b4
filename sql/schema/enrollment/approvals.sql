create table enrollment.approvals (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    student_id bigint not null,
    class_id bigint not null,
    kind text not null,
    section_id bigint,
    tier_id bigint,
    dates date[],
    status text not null default 'requested',
    requested_at timestamptz not null default now(),
    decided_by bigint,
    decided_at timestamptz,
    reason text,
    weekdays smallint[],
    constraint approvals_pkey primary key (studio_id, id),
    constraint approvals_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint approvals_class_fkey
    foreign key (studio_id, class_id) references catalog.classes (studio_id, id)
    on delete restrict,
    constraint approvals_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint approvals_tier_fkey
    foreign key (studio_id, section_id, tier_id)
    references catalog.section_tiers (studio_id, section_id, id) on delete restrict,
    constraint approvals_decided_by_fkey
    foreign key (decided_by) references identity.accounts (id) on delete restrict,
    constraint approvals_kind_known check (kind in ('teacher_approval', 'audition')),
    constraint approvals_status_known
    check (status in ('requested', 'approved', 'declined', 'withdrawn')),
    constraint approvals_decided check (
        num_nulls(decided_by, decided_at) in (0, 2)
        and (status in ('approved', 'declined')) <= (decided_by is not null)
        and (status = 'requested') <= (decided_by is null)
    ),
    constraint approvals_reason_given check (btrim(reason) <> ''),
    constraint approvals_wish_of_section
    check (section_id is not null or num_nonnulls(tier_id, dates, weekdays) = 0),
    constraint approvals_dates_given
    check (cardinality(dates) > 0 and array_position(dates, null) is null),
    constraint approvals_weekdays_given check (
        cardinality(weekdays) > 0
        and array_position(weekdays, null) is null
        and num_nonnulls(tier_id, dates) = 0
    )
);
create unique index approvals_live_key
on enrollment.approvals (studio_id, student_id, class_id, kind)
where status in ('requested', 'approved');
create index approvals_queue_idx
on enrollment.approvals (studio_id, requested_at) where status = 'requested';
create index approvals_student_idx on enrollment.approvals (studio_id, family_id, student_id);
create index approvals_class_idx on enrollment.approvals (studio_id, class_id);
create index approvals_tier_idx on enrollment.approvals (studio_id, section_id, tier_id);
create index approvals_decided_by_idx on enrollment.approvals (decided_by);
alter table enrollment.approvals owner to enrollment;
alter table enrollment.approvals enable row level security;
alter table enrollment.approvals force row level security;
comment on table enrollment.approvals is
$$Teachers' approvals and passed auditions: what families ask for, and what staff decided.

The approved ones are the list that rules of these kinds look at. A student has one live one for a
class and kind.$$;
comment on column enrollment.approvals.section_id is
'where the family wants a seat once it is approved; null: it will pick one itself';
comment on column enrollment.approvals.tier_id is 'the tier that is wanted of a tiered section';
comment on column enrollment.approvals.dates is
'local days that are wanted of a section that is sold by date, in their order';
comment on column enrollment.approvals.weekdays is
'ISO weekdays that are wanted of a section that is sold by weekday, in their order';
comment on column enrollment.approvals.reason is 'what staff said when they decided';
