create table enrollment.changes (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    enrollment_id bigint not null,
    kind text not null,
    effective_on date not null,
    reason text not null,
    weekdays smallint[],
    price_change_minor bigint not null,
    is_price_set boolean not null,
    given_back_minor bigint not null,
    credit_id bigint,
    changed_by bigint,
    changed_at timestamptz not null default now(),
    constraint changes_pkey primary key (studio_id, id),
    constraint changes_enrollment_fkey
    foreign key (studio_id, enrollment_id)
    references enrollment.enrollments (studio_id, id) on delete restrict,
    constraint changes_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint changes_credit_fkey
    foreign key (studio_id, family_id, credit_id)
    references pricing.credits (studio_id, family_id, id) on delete restrict,
    constraint changes_changed_by_fkey
    foreign key (changed_by) references identity.accounts (id) on delete restrict,
    constraint changes_kind_known
    check (kind in ('cancelled', 'transferred', 'weekdays_dropped', 'replaced', 'refunded')),
    constraint changes_weekdays_by_kind
    check ((kind = 'weekdays_dropped') = (weekdays is not null)),
    constraint changes_reason_given check (btrim(reason) <> ''),
    constraint changes_given_back_range
    check (given_back_minor between 0 and greatest(-price_change_minor, 0)),
    constraint changes_credit_complete
    check ((credit_id is not null) = (given_back_minor > 0))
);
create index changes_enrollment_idx on enrollment.changes (studio_id, enrollment_id);
create index changes_registration_idx
on enrollment.changes (studio_id, family_id, registration_id);
create index changes_credit_idx on enrollment.changes (studio_id, family_id, credit_id);
create index changes_changed_by_idx on enrollment.changes (changed_by);
create index changes_changed_at_idx on enrollment.changes (studio_id, changed_at);
alter table enrollment.changes owner to enrollment;
alter table enrollment.changes enable row level security;
alter table enrollment.changes force row level security;
comment on table enrollment.changes is
$$What was changed about a confirmed enrollment, from when on, why, by whom, and for how much.

cancelled: it ends; transferred: the student goes on in another one of the same registration, which
names it (enrollments.from_enrollment_id); weekdays_dropped: it goes on without these weekdays;
replaced: an offer was accepted instead of it; refunded: it ends, as all that was paid went back.
What a registration costs is its total with the changes of its enrollments, less what refunds lower
it by. Append-only.$$;
comment on column enrollment.changes.effective_on is
'local day from which it is so';
comment on column enrollment.changes.weekdays is 'ISO weekdays that were given up';
comment on column enrollment.changes.price_change_minor is
'minor units that the registration costs more, or less where it is negative';
comment on column enrollment.changes.is_price_set is
'whether staff have said how much; else it is what the engine makes of what is left';
comment on column enrollment.changes.given_back_minor is
'minor units of it that had been paid and are kept for the family as a credit';
comment on column enrollment.changes.changed_by is
'the account; null: it followed from something else';
