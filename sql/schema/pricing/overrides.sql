create table pricing.overrides (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    amount_minor bigint not null,
    reason text not null,
    set_by bigint not null,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint overrides_pkey primary key (studio_id, id),
    constraint overrides_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint overrides_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint overrides_set_by_fkey
    foreign key (set_by) references identity.accounts (id) on delete restrict,
    constraint overrides_one_at_a_time
    exclude using gist (
        studio_id with =,
        student_id with =,
        section_id with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint overrides_amount_range check (amount_minor between 0 and 99999999999),
    constraint overrides_reason_given check (btrim(reason) <> ''),
    constraint overrides_validity_order check (superseded_at > valid_from)
);
create unique index overrides_live_key
on pricing.overrides (studio_id, student_id, section_id) where superseded_at is null;
create index overrides_student_idx on pricing.overrides (studio_id, family_id, student_id);
create index overrides_section_idx on pricing.overrides (studio_id, section_id);
create index overrides_set_by_idx on pricing.overrides (set_by);
alter table pricing.overrides owner to pricing;
alter table pricing.overrides enable row level security;
alter table pricing.overrides force row level security;
comment on table pricing.overrides is
$$A tuition that staff set for one student in one section: who, when, why.

It wins over every price mode and leaves the fees as they are. Setting another supersedes the
row.$$;
comment on column pricing.overrides.amount_minor is
'minor units of tuition for the section, 0 allowed';
