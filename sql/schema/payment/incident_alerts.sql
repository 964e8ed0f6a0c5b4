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
