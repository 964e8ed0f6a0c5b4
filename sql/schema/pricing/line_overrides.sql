create table pricing.line_overrides (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    term_id bigint not null,
    student_id bigint,
    kind text not null,
    code text not null,
    amount_minor bigint not null,
    reason text not null,
    set_by bigint not null,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint line_overrides_pkey primary key (studio_id, id),
    constraint line_overrides_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint line_overrides_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint line_overrides_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint line_overrides_set_by_fkey
    foreign key (set_by) references identity.accounts (id) on delete restrict,
    constraint line_overrides_kind_known
    check (kind in ('tuition', 'program', 'tier', 'drop_in', 'fee', 'add_on', 'plan_fee')),
    constraint line_overrides_amount_range check (amount_minor between 0 and 99999999999),
    constraint line_overrides_reason_given check (btrim(reason) <> ''),
    constraint line_overrides_one_at_a_time
    exclude using gist (
        studio_id with =,
        family_id with =,
        term_id with =,
        coalesce(student_id, 0) with =,
        kind with =,
        code with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint line_overrides_validity_order check (superseded_at > valid_from)
);
create unique index line_overrides_live_key
on pricing.line_overrides (studio_id, family_id, term_id, coalesce(student_id, 0), kind, code)
where superseded_at is null;
create index line_overrides_term_idx on pricing.line_overrides (studio_id, term_id);
create index line_overrides_student_idx
on pricing.line_overrides (studio_id, family_id, student_id);
create index line_overrides_set_by_idx on pricing.line_overrides (set_by);
alter table pricing.line_overrides owner to pricing;
alter table pricing.line_overrides enable row level security;
alter table pricing.line_overrides force row level security;
comment on table pricing.line_overrides is
$$What staff let one line of a price cost, for a student or a family in a term: who, when, why.

The line itself stays as the rules make it; an adjustment beside it makes the difference. It holds
until a checkout in which it made a difference is confirmed. Setting another supersedes the row.$$;
comment on column pricing.line_overrides.amount_minor is
'minor units, for all lines of the kind and code together, 0 allowed';
comment on column pricing.line_overrides.student_id is 'null: a line of the whole family';
