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
