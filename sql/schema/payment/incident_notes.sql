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
