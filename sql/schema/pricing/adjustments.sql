create table pricing.adjustments (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    term_id bigint not null,
    student_id bigint,
    kind text not null,
    label text not null,
    amount_minor bigint not null,
    reason text not null,
    set_by bigint not null,
    status text not null default 'open',
    registration_id bigint,
    withdrawal_reason text,
    created_at timestamptz not null default now(),
    constraint adjustments_pkey primary key (studio_id, id),
    constraint adjustments_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint adjustments_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint adjustments_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint adjustments_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint adjustments_set_by_fkey
    foreign key (set_by) references identity.accounts (id) on delete restrict,
    constraint adjustments_kind_known
    check (kind in ('tuition_adjustment', 'proration', 'other')),
    constraint adjustments_label_given check (btrim(label) <> ''),
    constraint adjustments_amount_range
    check (abs(amount_minor) between 1 and 99999999999),
    constraint adjustments_reason_given check (btrim(reason) <> ''),
    constraint adjustments_status_known
    check (status in ('open', 'held', 'used', 'withdrawn')),
    constraint adjustments_registration_complete
    check ((registration_id is not null) = (status in ('held', 'used'))),
    constraint adjustments_withdrawal_reason
    check ((btrim(withdrawal_reason) <> '') is true = (status = 'withdrawn'))
);
create index adjustments_live_idx
on pricing.adjustments (studio_id, family_id, term_id) where status in ('open', 'held');
create index adjustments_term_idx on pricing.adjustments (studio_id, term_id);
create index adjustments_student_idx on pricing.adjustments (studio_id, family_id, student_id);
create index adjustments_registration_idx
on pricing.adjustments (studio_id, family_id, registration_id);
create index adjustments_set_by_idx on pricing.adjustments (set_by);
alter table pricing.adjustments owner to pricing;
alter table pricing.adjustments enable row level security;
alter table pricing.adjustments force row level security;
comment on table pricing.adjustments is
$$An amount that staff add to a family's next checkout of a term or take off it: who, why.

It is used whole by the first checkout in which it has a line: one that would take off more than
there is, is cut there, and the rest of it lapses. One for a student waits for a checkout with
something for that student. open until then, held with the seats, used at confirmation; open again
when the hold ends; withdrawn by staff. What it says never changes.$$;
comment on column pricing.adjustments.amount_minor is
'minor units, negative where it is taken off';
comment on column pricing.adjustments.label is 'what the family reads';
comment on column pricing.adjustments.reason is 'for the staff who look at it later';
comment on column pricing.adjustments.student_id is 'null: of the whole family';
