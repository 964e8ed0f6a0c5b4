create table pricing.fee_rules (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    code text not null,
    label text not null,
    unit text not null,
    amount_minor bigint not null,
    charged_modes text[] not null,
    division_id bigint,
    division_of text,
    position smallint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    discountable boolean not null default true,
    class_id bigint,
    section_id bigint,
    once_per_term boolean not null default true,
    proration text not null default 'none',
    constraint fee_rules_pkey primary key (studio_id, id),
    constraint fee_rules_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint fee_rules_division_fkey
    foreign key (studio_id, division_id) references catalog.divisions (studio_id, id)
    on delete restrict,
    constraint fee_rules_class_fkey
    foreign key (studio_id, term_id, class_id) references catalog.classes (studio_id, term_id, id)
    on delete restrict,
    constraint fee_rules_section_fkey
    foreign key (studio_id, term_id, section_id)
    references catalog.sections (studio_id, term_id, id) on delete restrict,
    constraint fee_rules_version_key unique (studio_id, term_id, code, version),
    constraint fee_rules_one_at_a_time
    exclude using gist (
        studio_id with =,
        term_id with =,
        code with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint fee_rules_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint fee_rules_label_given check (btrim(label) <> ''),
    constraint fee_rules_unit_known
    check (unit in ('class', 'weekly_meeting', 'student', 'family')),
    constraint fee_rules_amount_not_negative check (amount_minor >= 0),
    constraint fee_rules_charged_modes_known
    check (
        charged_modes <@ array['standard', 'program', 'tiered', 'drop_in']
        and cardinality(charged_modes) > 0
    ),
    constraint fee_rules_division_of_known check (division_of in ('class', 'student')),
    constraint fee_rules_division_complete
    check ((division_id is null) = (division_of is null)),
    constraint fee_rules_one_scope check (num_nonnulls(division_id, class_id, section_id) <= 1),
    constraint fee_rules_proration_known check (proration in ('none', 'meetings', 'days')),
    constraint fee_rules_version_positive check (version > 0),
    constraint fee_rules_validity_order check (superseded_at > valid_from)
);
create unique index fee_rules_live_key
on pricing.fee_rules (studio_id, term_id, code) where superseded_at is null;
create index fee_rules_class_idx on pricing.fee_rules (studio_id, term_id, class_id);
create index fee_rules_section_idx on pricing.fee_rules (studio_id, term_id, section_id);
create index fee_rules_division_idx on pricing.fee_rules (studio_id, division_id);
alter table pricing.fee_rules owner to pricing;
alter table pricing.fee_rules enable row level security;
alter table pricing.fee_rules force row level security;
comment on table pricing.fee_rules is
$$A fee of a term: what is counted, for which classes, and how much for each.

At most one of division_id, class_id and section_id narrows it. A change supersedes the row and
adds the next version.$$;
comment on column pricing.fee_rules.code is
'registration: the fee of which a program can have its own amount';
comment on column pricing.fee_rules.unit is
'what is counted: each class, each weekly meeting, each student or the family once';
comment on column pricing.fee_rules.amount_minor is 'minor units for one unit';
comment on column pricing.fee_rules.charged_modes is
'price modes of the classes that cause the fee';
comment on column pricing.fee_rules.division_of is
'whose division must be division_id: the class''s own, or the one the student is priced in';
comment on column pricing.fee_rules.class_id is 'only this class causes the fee; null: any';
comment on column pricing.fee_rules.section_id is 'only this section causes the fee; null: any';
comment on column pricing.fee_rules.once_per_term is
'true: what the student (or family) already has confirmed in the term is not charged again; false:
each order is charged for what it causes';
comment on column pricing.fee_rules.proration is
'what who starts late pays: none: all; meetings, days: of each unit as much as is left of the
section that causes it, of several the one with most left';
comment on column pricing.fee_rules.discountable is
'false: no discount takes anything off it, as for a registration fee';
