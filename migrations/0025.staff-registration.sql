-- What staff override when they register a family, by whom and why, and how long that is held; and
-- weekdays that a teacher is asked for.
-- depends: 0024.changes-of-enrollments
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
-- squawk-ignore-file require-concurrent-index-creation, adding-foreign-key-constraint
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter table studio.settings add column staff_hold_minutes integer;
update studio.settings as s
set staff_hold_minutes = 60
where s.term_id is null;
alter table studio.settings drop constraint settings_studio_complete;
alter table studio.settings
add constraint settings_studio_complete check (
    term_id is not null
    or num_nulls(
        hold_minutes, payment_minutes, final_answer_seconds, rate_step_basis, token_minutes,
        sign_in_attempts, sign_in_window_minutes, password_min_length, password_hash_cost,
        call_attempts, call_lease_seconds, call_courier_delay_seconds, message_attempts,
        message_lease_seconds, coupon_attempts, coupon_window_minutes, family_discount_later,
        tuition_proration, balance_days, hold_starts_at, waitlist_on_lapse,
        waitlist_on_cancel, waitlist_on_refund, waitlist_on_capacity, offer_hours,
        offer_reminder_hours, offer_stop_hours, stuck_hours, staff_hold_minutes
    ) = 0
);
alter table studio.settings
add constraint settings_staff_hold_minutes_range check (staff_hold_minutes between 1 and 1440);
comment on column studio.settings.staff_hold_minutes is
'minutes for which seats are kept unpaid that staff took for a family';

create table enrollment.override_uses (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    code text not null,
    requirement_id bigint,
    reason text not null,
    overridden_by bigint not null,
    overridden_at timestamptz not null default now(),
    constraint override_uses_pkey primary key (studio_id, id),
    constraint override_uses_family_key unique (studio_id, family_id, id),
    constraint override_uses_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint override_uses_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint override_uses_section_fkey
    foreign key (studio_id, section_id) references catalog.sections (studio_id, id)
    on delete restrict,
    constraint override_uses_requirement_fkey
    foreign key (studio_id, requirement_id) references catalog.requirements (studio_id, id)
    on delete restrict,
    constraint override_uses_overridden_by_fkey
    foreign key (overridden_by) references identity.accounts (id) on delete restrict,
    constraint override_uses_once_key
    unique nulls not distinct (
        studio_id, registration_id, student_id, section_id, code, requirement_id
    ),
    constraint override_uses_reason_given check (btrim(reason) <> '')
);
create index override_uses_registration_idx
on enrollment.override_uses (studio_id, family_id, registration_id);
create index override_uses_student_idx
on enrollment.override_uses (studio_id, family_id, student_id);
create index override_uses_section_idx on enrollment.override_uses (studio_id, section_id);
create index override_uses_requirement_idx
on enrollment.override_uses (studio_id, requirement_id);
create index override_uses_overridden_by_idx on enrollment.override_uses (overridden_by);
alter table enrollment.override_uses owner to enrollment;
alter table enrollment.override_uses enable row level security;
alter table enrollment.override_uses force row level security;
comment on table enrollment.override_uses is
$$What spoke against a registration that staff entered, and was overridden: by whom and why.

Each is one finding of one student and one section. A waiver lifts a rule of a student beforehand
and until it expires; an override lifts what one checkout would have been refused for, that once.$$;
comment on column enrollment.override_uses.code is 'of the finding, as in the error register';
comment on column enrollment.override_uses.requirement_id is
'the rule that was not met; null: it was no rule, but the dates of registration or the queue';

alter table enrollment.findings add column override_use_id bigint;
alter table enrollment.findings
add constraint findings_override_use_fkey
foreign key (studio_id, family_id, override_use_id)
references enrollment.override_uses (studio_id, family_id, id) on delete restrict;
alter table enrollment.findings
add constraint findings_lifted_once check (num_nonnulls(waiver_id, override_use_id) <= 1);
create index findings_override_use_idx
on enrollment.findings (studio_id, family_id, override_use_id);
comment on table enrollment.findings is
$$A rule that was not met and didn't stop a checkout: the family acknowledged it, it was waived, or
staff overrode it.

Staff review them afterwards.$$;

alter table enrollment.approvals add column weekdays smallint[];
alter table enrollment.approvals drop constraint approvals_wish_of_section;
alter table enrollment.approvals
add constraint approvals_wish_of_section
check (section_id is not null or num_nonnulls(tier_id, dates, weekdays) = 0);
alter table enrollment.approvals
add constraint approvals_weekdays_given check (
    cardinality(weekdays) > 0
    and array_position(weekdays, null) is null
    and num_nonnulls(tier_id, dates) = 0
);
comment on column enrollment.approvals.weekdays is
'ISO weekdays that are wanted of a section that is sold by weekday, in their order';
