-- What staff do about the work list, and who is told of it.
-- depends: 0034.batches
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
-- squawk-ignore-file require-concurrent-index-creation, adding-foreign-key-constraint
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table payment.incident_notes (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint,
    incident text not null,
    since timestamptz not null,
    last_at timestamptz not null,
    act text not null,
    note text,
    noted_by bigint not null,
    noted_at timestamptz not null default now(),
    constraint incident_notes_pkey primary key (studio_id, id),
    constraint incident_notes_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint incident_notes_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint incident_notes_noted_by_fkey
    foreign key (noted_by) references identity.accounts (id) on delete restrict,
    constraint incident_notes_once_key
    unique nulls not distinct (studio_id, incident, since, last_at, act, note),
    constraint incident_notes_incident_form check (incident ~ '^[a-z_]+:[0-9]+(:[a-z_]+)?$'),
    constraint incident_notes_act_known check (act in ('acknowledged', 'actioned', 'wont_fix')),
    constraint incident_notes_note_given check (btrim(note) <> ''),
    constraint incident_notes_reason_given check (act <> 'wont_fix' or note is not null)
);
create index incident_notes_family_idx on payment.incident_notes (studio_id, family_id);
create index incident_notes_noted_by_idx on payment.incident_notes (noted_by);
alter table payment.incident_notes owner to payment;
alter table payment.incident_notes enable row level security;
alter table payment.incident_notes force row level security;
comment on table payment.incident_notes is
$$How far somebody has come with an entry of the work list, and what they say of it. Append-only.

The entry itself is nowhere kept: payment.incidents() finds it in the books. A new one has no row
here, and a resolved one needs none: it is gone from the list by itself. One that comes back has
another since, so it is new again; one that nobody will mend (wont_fix) is new again after a later
failure.$$;
comment on column payment.incident_notes.family_id is 'whom the entry is about; null: nobody';
comment on column payment.incident_notes.incident is
'kind and subject of the entry; no foreign key, as it may be about anything to do with money';
comment on column payment.incident_notes.since is
'since when it was listed: which time of it this is about';
comment on column payment.incident_notes.last_at is 'its last failure at that moment';

create table payment.incident_alerts (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint,
    registration_id bigint,
    cause text not null,
    incident text not null,
    since timestamptz not null,
    lane text not null,
    category text not null,
    tries integer not null,
    alerted_at timestamptz not null,
    constraint incident_alerts_pkey primary key (studio_id, id),
    constraint incident_alerts_studio_fkey
    foreign key (studio_id) references studio.studios (id) on delete restrict,
    constraint incident_alerts_family_fkey
    foreign key (studio_id, family_id) references identity.families (studio_id, id)
    on delete restrict,
    constraint incident_alerts_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint incident_alerts_once_key unique (studio_id, cause, incident, since),
    constraint incident_alerts_cause_known check (cause in ('critical', 'escalation')),
    constraint incident_alerts_lane_known check (lane in ('office', 'developer'))
);
create index incident_alerts_registration_idx
on payment.incident_alerts (studio_id, family_id, registration_id);
create index incident_alerts_alerted_at_idx
on payment.incident_alerts (studio_id, alerted_at) where cause = 'critical';
alter table payment.incident_alerts owner to payment;
alter table payment.incident_alerts enable row level security;
alter table payment.incident_alerts force row level security;
comment on table payment.incident_alerts is
$$Of which entries of the work list somebody was told by mail, once each. Append-only.

All rows of one cause, lane and moment are one mail. Written by payment.raise_alerts().$$;
comment on column payment.incident_alerts.cause is
'critical: it is listed and can''t wait; escalation: it failed again and again within a short time';
comment on column payment.incident_alerts.since is
'critical: since when it is listed; escalation: the first failure of the series';
comment on column payment.incident_alerts.lane is 'who was told: office or developer';
comment on column payment.incident_alerts.tries is 'how often it had failed by then';
comment on column payment.incident_alerts.family_id is 'whom the entry is about; null: nobody';

alter table payment.gateway_events
add column failed_at timestamptz[] not null default '{}';
comment on column payment.gateway_events.failed_at is
'its last failures, in order: as many as escalate it';

comment on table messaging.templates is
$$The studio's words for a kind of message.

Variables: {studio}, {guardian}, {family}, {receipt}, {total}, {term}; {class}, {student} and {until}
where the message is about a place; {from}, {other_class} and {amount} where an enrollment was
changed; {was} and {when} where it is about a meeting that was cancelled or moved; {amount} where it
is about money that came or went back, {due_on} where a rest is due on a day; {part}, {open}, {due}
and {next_try} where it is about an installment; {charges} in what the office is told of charges,
{incidents} of what about money needs it, {template} of one that is missing. Of a code that begins
with staff_, {guardian} is who works in the office.
The receipt, the charges and the incidents are blocks made by the database; editors place them but
can't change what they say. messaging.default_templates() has words for what a studio need not
write.$$;

alter table studio.settings
add column alert_mails integer,
add column alert_minutes integer,
add column escalation_failures integer,
add column escalation_minutes integer,
add column payment_stuck_minutes integer;
update studio.settings as s
set
    alert_mails = 3,
    alert_minutes = 10,
    escalation_failures = 3,
    escalation_minutes = 60,
    payment_stuck_minutes = 60
where s.term_id is null;
alter table studio.settings
drop constraint settings_studio_complete,
drop constraint settings_term_may_override;
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
        offer_reminder_hours, offer_stop_hours, stuck_hours, staff_hold_minutes,
        news_due_minutes, late_money, charge_at, charge_attempts, charge_summary_at,
        review_attempts, review_hours, refund_days, refund_reason_length, settlement_days,
        alert_mails, alert_minutes, escalation_failures, escalation_minutes,
        payment_stuck_minutes
    ) = 0
),
add constraint settings_term_may_override check (
    term_id is null
    or num_nonnulls(
        token_minutes, sign_in_attempts, sign_in_window_minutes, password_min_length,
        password_hash_cost, call_attempts, call_lease_seconds,
        call_courier_delay_seconds, message_attempts, message_lease_seconds,
        coupon_attempts, coupon_window_minutes, news_due_minutes, charge_at, charge_attempts,
        charge_summary_at, settlement_days, alert_mails, alert_minutes,
        escalation_failures, escalation_minutes, payment_stuck_minutes
    ) = 0
),
add constraint settings_alert_mails_range check (alert_mails between 1 and 100),
add constraint settings_alert_minutes_range check (alert_minutes between 1 and 1440),
add constraint settings_escalation_failures_range check (escalation_failures between 2 and 20),
add constraint settings_escalation_minutes_range check (escalation_minutes between 1 and 1440),
add constraint settings_payment_stuck_minutes_range
check (payment_stuck_minutes between 1 and 1440);
comment on column studio.settings.alert_mails is
'mails within alert_minutes, at most, about what of the work list can''t wait; the next names what
waited';
comment on column studio.settings.alert_minutes is 'minutes within which alert_mails are counted';
comment on column studio.settings.escalation_failures is
'failures of one entry of the work list within escalation_minutes after which more people are told';
comment on column studio.settings.escalation_minutes is
'minutes within which escalation_failures are counted';
comment on column studio.settings.payment_stuck_minutes is
'minutes after its last question after which a payment without an end is on the work list';
