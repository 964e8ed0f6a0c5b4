-- What a class asks of a student, as rules: requirements, approvals, waivers and accepted findings.
-- depends: 0020.seats-before-enrollments
-- squawk-ignore-file constraint-missing-not-valid, adding-foreign-key-constraint
-- squawk-ignore-file require-concurrent-index-creation, adding-serial-primary-key-field
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter table identity.students
add column grade smallint,
add column gender text,
add constraint students_grade_range check (grade between -3 and 12),
add constraint students_gender_known check (gender in ('female', 'male', 'other'));
comment on column identity.students.grade is
'-3 nursery, -2 and -1 before kindergarten, 0 kindergarten, 1 to 12; null: not known';
comment on column identity.students.gender is 'null: not known';

alter table catalog.divisions
add column lowest_grade smallint,
add column highest_grade smallint,
add constraint divisions_grade_range check (
    lowest_grade between -3 and 12
    and highest_grade between -3 and 12
    and lowest_grade <= highest_grade
),
add constraint divisions_grades_complete
check ((lowest_grade is null) = (highest_grade is null));
comment on column catalog.divisions.lowest_grade is
'students of these grades are of it unless staff have placed them; null: only whom they place';

alter table catalog.classes
add column level smallint,
add constraint classes_level_positive check (level > 0);
comment on column catalog.classes.level is
'how advanced it is within its discipline, for prerequisites; null: none is said';

create type enrollment.judged_pick as (
    number integer,
    family_id bigint,
    student_id bigint,
    section_id bigint,
    is_by_date boolean,
    acknowledged text [],
    as_of timestamptz
);
alter type enrollment.judged_pick owner to enrollment;
comment on type enrollment.judged_pick is
$$One student for one section, as rules look at it: in a cart, wanted, or enrolled.

number: the caller's own, to know it by. as_of: the instant at which it is, or was, asked for.$$;

create table catalog.requirement_sets (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint,
    version integer not null default 0,
    constraint requirement_sets_pkey primary key (studio_id, id),
    constraint requirement_sets_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint requirement_sets_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint requirement_sets_term_key unique nulls not distinct (studio_id, term_id),
    constraint requirement_sets_version_not_negative check (version >= 0)
);
alter table catalog.requirement_sets owner to catalog;
alter table catalog.requirement_sets enable row level security;
alter table catalog.requirement_sets force row level security;
comment on table catalog.requirement_sets is
$$How often the requirements of a term, or those of the whole studio, have been saved.

Staff save them as a whole, with the version they have seen: who comes second is told so.$$;
comment on column catalog.requirement_sets.term_id is 'null: those of the whole studio';

create table catalog.requirements (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint,
    class_id bigint,
    code text not null,
    kind text not null,
    enforcement text not null,
    is_waivable boolean not null default true,
    valid_from date,
    valid_until date,
    lowest_age_months smallint,
    highest_age_months smallint,
    cutoff_month smallint,
    cutoff_day smallint,
    cutoff_year smallint,
    lowest_grade smallint,
    highest_grade smallint,
    gender text,
    division_id bigint,
    counts_itself boolean not null default false,
    set_version integer not null default 0,
    set_by bigint,
    set_at timestamptz not null default now(),
    superseded_at timestamptz,
    constraint requirements_pkey primary key (studio_id, id),
    constraint requirements_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint requirements_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint requirements_class_fkey
    foreign key (studio_id, term_id, class_id)
    references catalog.classes (studio_id, term_id, id) on delete restrict,
    constraint requirements_division_fkey
    foreign key (studio_id, division_id) references catalog.divisions (studio_id, id)
    on delete restrict,
    constraint requirements_set_by_fkey
    foreign key (set_by) references identity.accounts (id) on delete restrict,
    constraint requirements_version_key
    unique nulls not distinct (studio_id, term_id, code, set_version),
    constraint requirements_one_at_a_time
    exclude using gist (
        studio_id with =,
        coalesce(term_id, 0) with =,
        code with =,
        tstzrange(set_at, superseded_at) with &&
    ),
    constraint requirements_class_in_term check (class_id is null or term_id is not null),
    constraint requirements_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint requirements_kind_known check (
        kind in (
            'schedule_conflict', 'prerequisite', 'corequisite', 'teacher_approval', 'audition',
            'age_or_grade', 'gender', 'parent_present', 'division', 'balance_owed'
        )
    ),
    constraint requirements_enforcement_known
    check (enforcement in ('hard_block', 'soft_warn', 'off')),
    -- No setting can put a student in two places: that is for the seats to refuse. All that can be
    -- said of it here is whether staff may waive it for a pair of classes.
    constraint requirements_conflict_is_refused
    check (kind <> 'schedule_conflict' or enforcement = 'hard_block'),
    constraint requirements_window_order check (valid_until > valid_from),
    constraint requirements_age_range check (
        lowest_age_months between 0 and 1200
        and highest_age_months between 0 and 1200
        and lowest_age_months <= highest_age_months
    ),
    constraint requirements_grade_range check (
        lowest_grade between -3 and 12
        and highest_grade between -3 and 12
        and lowest_grade <= highest_grade
    ),
    -- A day that every year has.
    constraint requirements_cutoff_day check (
        cutoff_month between 1 and 12
        and cutoff_day between 1 and case
            when cutoff_month = 2 then 28
            when cutoff_month in (4, 6, 9, 11) then 30
            else 31
        end
    ),
    constraint requirements_cutoff_complete
    check (num_nulls(cutoff_month, cutoff_day, cutoff_year) in (0, 3)),
    constraint requirements_cutoff_year_near check (cutoff_year between -1 and 1),
    constraint requirements_cutoff_of_age check (
        cutoff_month is null or num_nonnulls(lowest_age_months, highest_age_months) > 0
    ),
    constraint requirements_age_or_grade_complete check (
        (kind = 'age_or_grade' and enforcement <> 'off')
        = (
            num_nonnulls(lowest_age_months, highest_age_months, lowest_grade, highest_grade) > 0
        )
    ),
    constraint requirements_gender_known check (gender in ('female', 'male')),
    constraint requirements_gender_complete
    check ((kind = 'gender' and enforcement <> 'off') = (gender is not null)),
    constraint requirements_division_of_kind check (kind = 'division' or division_id is null),
    constraint requirements_itself_by_kind check (kind = 'corequisite' or not counts_itself),
    constraint requirements_set_version_not_negative check (set_version >= 0),
    constraint requirements_validity_order check (superseded_at > set_at)
);
create unique index requirements_live_key
on catalog.requirements (studio_id, term_id, code) nulls not distinct
where superseded_at is null;
create index requirements_class_idx on catalog.requirements (studio_id, term_id, class_id);
create index requirements_division_idx on catalog.requirements (studio_id, division_id);
create index requirements_set_by_idx on catalog.requirements (set_by);
alter table catalog.requirements owner to catalog;
alter table catalog.requirements enable row level security;
alter table catalog.requirements force row level security;
comment on table catalog.requirements is
$$What a class asks of a student, by rows: of the whole studio, of a term, or of one class.

Of each kind those of the narrowest scope count: a class over its term over the studio. So a row
that is off switches the kind off below it. A change supersedes the row and adds another.$$;
comment on column catalog.requirements.term_id is 'null: of the whole studio';
comment on column catalog.requirements.class_id is 'null: of every class of the scope';
comment on column catalog.requirements.enforcement is
$$hard_block: checkout refuses; soft_warn: the family must acknowledge it; off: it is not asked$$;
comment on column catalog.requirements.valid_from is
'local day from which it holds; null: from the beginning';
comment on column catalog.requirements.valid_until is
'local day from which it no longer holds; null: without end';
comment on column catalog.requirements.lowest_age_months is
'whole months, inclusive, as the highest; who fits the ages or the grades is eligible';
comment on column catalog.requirements.cutoff_month is
'month, with its day, on which the age counts; null: on the day of registration';
comment on column catalog.requirements.cutoff_year is
'years after the one in which the term begins; -1: the one before';
comment on column catalog.requirements.lowest_grade is
'-3 nursery, -2 and -1 before kindergarten, 0 kindergarten, 1 to 12; inclusive, as the highest';
comment on column catalog.requirements.division_id is
'the one that the student has to be of; null: that of the class';
comment on column catalog.requirements.counts_itself is
'true: the class itself is one of those counted for a co-requisite';
comment on column catalog.requirements.set_version is
'the version of the set (catalog.requirement_sets) that it came with';
comment on column catalog.requirements.set_by is 'null: it came with the studio';

create table catalog.requirement_options (
    studio_id integer not null,
    id bigint generated always as identity,
    requirement_id bigint not null,
    alternative smallint not null,
    class_title text,
    discipline text,
    level smallint,
    division_id bigint,
    class_count smallint not null default 1,
    constraint requirement_options_pkey primary key (studio_id, id),
    constraint requirement_options_requirement_fkey
    foreign key (studio_id, requirement_id) references catalog.requirements (studio_id, id)
    on delete restrict,
    constraint requirement_options_division_fkey
    foreign key (studio_id, division_id) references catalog.divisions (studio_id, id)
    on delete restrict,
    constraint requirement_options_alternative_positive check (alternative > 0),
    constraint requirement_options_one_measure
    check (num_nonnulls(class_title, discipline, division_id) <= 1),
    constraint requirement_options_level_of_discipline
    check (level is null or discipline is not null),
    constraint requirement_options_level_positive check (level > 0),
    constraint requirement_options_class_title_given check (btrim(class_title) <> ''),
    constraint requirement_options_discipline_given check (btrim(discipline) <> ''),
    constraint requirement_options_class_count_range check (class_count between 1 and 20)
);
create index requirement_options_requirement_idx
on catalog.requirement_options (studio_id, requirement_id);
create index requirement_options_division_idx
on catalog.requirement_options (studio_id, division_id);
alter table catalog.requirement_options owner to catalog;
alter table catalog.requirement_options enable row level security;
alter table catalog.requirement_options force row level security;
comment on table catalog.requirement_options is
$$What satisfies a prerequisite or a co-requisite: all options of one of its alternatives.

An option asks for a number of classes: of a title, of a discipline (of one level or above), of a
division, or any. One class may count for several options.$$;
comment on column catalog.requirement_options.alternative is
'options of one number are wanted together; any number will do';
comment on column catalog.requirement_options.class_title is
'a title and no class: a prerequisite was taken in another term';
comment on column catalog.requirement_options.level is
'the lowest level of the discipline that counts; null: any';
comment on column catalog.requirement_options.class_count is 'how many classes are wanted';

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
    check (section_id is not null or num_nonnulls(tier_id, dates) = 0),
    constraint approvals_dates_given
    check (cardinality(dates) > 0 and array_position(dates, null) is null)
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
comment on column enrollment.approvals.reason is 'what staff said when they decided';

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

create table enrollment.waiver_sections (
    studio_id integer not null,
    family_id bigint not null,
    waiver_id bigint not null,
    section_id bigint not null,
    constraint waiver_sections_pkey primary key (studio_id, waiver_id, section_id),
    constraint waiver_sections_waiver_fkey
    foreign key (studio_id, family_id, waiver_id)
    references enrollment.waivers (studio_id, family_id, id) on delete restrict,
    constraint waiver_sections_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict
);
create index waiver_sections_waiver_idx
on enrollment.waiver_sections (studio_id, family_id, waiver_id);
create index waiver_sections_section_idx on enrollment.waiver_sections (studio_id, section_id);
alter table enrollment.waiver_sections owner to enrollment;
alter table enrollment.waiver_sections enable row level security;
alter table enrollment.waiver_sections force row level security;
comment on table enrollment.waiver_sections is
$$The sections a waiver is for: two whose clash it lifts, or the only one of its class.

Rows of their own and no two columns, as the clash of two sections has no first one.$$;

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
    constraint findings_accepted_by_fkey
    foreign key (accepted_by) references identity.accounts (id) on delete restrict,
    constraint findings_reviewed_by_fkey
    foreign key (reviewed_by) references identity.accounts (id) on delete restrict,
    constraint findings_once_key
    unique (studio_id, registration_id, student_id, section_id, requirement_id),
    constraint findings_enforcement_known check (enforcement in ('hard_block', 'soft_warn')),
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
create index findings_accepted_by_idx on enrollment.findings (accepted_by);
create index findings_reviewed_by_idx on enrollment.findings (reviewed_by);
alter table enrollment.findings owner to enrollment;
alter table enrollment.findings enable row level security;
alter table enrollment.findings force row level security;
comment on table enrollment.findings is
$$A rule that was not met and didn't stop a checkout: the family acknowledged it, or it was waived.

Staff review them afterwards.$$;
comment on column enrollment.findings.accepted_by is
'the account that checked out; with waiver_id, under a rule that was waived';

insert into ops.status_transitions (entity, from_status, to_status) values
('enrollment.approvals', 'requested', 'approved'),
('enrollment.approvals', 'requested', 'declined'),
('enrollment.approvals', 'requested', 'withdrawn'),
('enrollment.approvals', 'approved', 'withdrawn');
