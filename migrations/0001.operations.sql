-- What the platform writes down about itself: events, audit, jobs, sources, allowed transitions.
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table ops.status_transitions (
    entity text not null,
    from_status text not null,
    to_status text not null,
    constraint status_transitions_pkey primary key (entity, from_status, to_status)
);
alter table ops.status_transitions owner to ops;
alter table ops.status_transitions enable row level security;
alter table ops.status_transitions force row level security;
comment on table ops.status_transitions is
$$Which status may follow which, for every table with a status column ("schema.table").

Platform table, changed only by migrations. A trigger on each such table refuses any other
change.$$;

insert into ops.status_transitions (entity, from_status, to_status) values
('catalog.meetings', 'scheduled', 'cancelled'),
('catalog.sections', 'open', 'closed'),
('catalog.sections', 'closed', 'open'),
('catalog.sections', 'open', 'cancelled'),
('catalog.sections', 'closed', 'cancelled'),
('catalog.terms', 'draft', 'published'),
('catalog.terms', 'published', 'draft'),
('catalog.terms', 'published', 'archived'),
('enrollment.carts', 'open', 'checked_out'),
('enrollment.enrollments', 'pending', 'confirmed'),
('enrollment.enrollments', 'pending', 'failed'),
('enrollment.enrollments', 'pending', 'cancelled'),
('enrollment.enrollments', 'confirmed', 'cancelled'),
('enrollment.registrations', 'pending_payment', 'confirmed'),
('enrollment.registrations', 'pending_payment', 'failed'),
('enrollment.registrations', 'pending_payment', 'cancelled'),
('enrollment.registrations', 'confirmed', 'refunded'),
('enrollment.registrations', 'pending_payment', 'partial'),
('enrollment.registrations', 'partial', 'confirmed'),
('enrollment.registrations', 'partial', 'refunded'),
('enrollment.seats', 'held', 'confirmed'),
('enrollment.seats', 'offered', 'held'),
('enrollment.seats', 'reserved', 'confirmed'),
('identity.accounts', 'active', 'inactive'),
('identity.accounts', 'inactive', 'active'),
('messaging.messages', 'queued', 'sending'),
('messaging.messages', 'sending', 'sent'),
('messaging.messages', 'sending', 'queued'),
('messaging.messages', 'sending', 'failed'),
('messaging.messages', 'failed', 'queued'),
('ops.job_runs', 'running', 'done'),
('ops.job_runs', 'running', 'failed'),
('ops.job_runs', 'running', 'skipped'),
('payment.gateway_calls', 'queued', 'claimed'),
('payment.gateway_calls', 'claimed', 'answered'),
('payment.gateway_calls', 'claimed', 'queued'),
('payment.gateway_calls', 'claimed', 'failed'),
('payment.gateway_events', 'received', 'applied'),
('payment.gateway_events', 'received', 'ignored'),
('payment.gateway_events', 'received', 'unmatched'),
('payment.gateway_events', 'unmatched', 'received'),
('payment.merchant_accounts', 'active', 'inactive'),
('payment.merchant_accounts', 'inactive', 'active'),
('payment.payments', 'open', 'authorized'),
('payment.payments', 'open', 'expired'),
('payment.payments', 'open', 'failed'),
('payment.payments', 'expired', 'authorized'),
('payment.payments', 'failed', 'authorized'),
('payment.payments', 'authorized', 'voided'),
('pricing.family_awards', 'held', 'used'),
('pricing.family_awards', 'held', 'returned'),
('pricing.family_awards', 'used', 'returned'),
('studio.memberships', 'active', 'ended'),
('studio.memberships', 'ended', 'active');

create table ops.domain_events (
    id bigint generated always as identity,
    studio_id integer not null,
    kind text not null,
    subject_id bigint not null,
    family_id bigint,
    payload jsonb not null default '{}',
    occurred_at timestamptz not null default now(),
    constraint domain_events_pkey primary key (id),
    constraint domain_events_kind_form check (kind ~ '^[a-z_]+\.[a-z_]+$')
);
create index domain_events_subject_idx on ops.domain_events (studio_id, kind, subject_id);
alter table ops.domain_events owner to ops;
alter table ops.domain_events enable row level security;
alter table ops.domain_events force row level security;
comment on table ops.domain_events is
$$Facts that one domain announces and others react to, in the same transaction.

Append-only. Written by ops.emit() alone; listeners are triggers on this table. Ids and codes only,
no names and no addresses.$$;
comment on column ops.domain_events.kind is 'entity.fact, as in payment.authorized';
comment on column ops.domain_events.subject_id is 'id of the row the fact is about, in studio_id';

create table ops.audit_log (
    id bigint generated always as identity,
    studio_id integer,
    account_id bigint,
    acting_role text not null,
    family_id bigint,
    action text not null,
    entity text not null,
    entity_id bigint not null,
    changes jsonb not null default '{}',
    logged_at timestamptz not null default now(),
    constraint audit_log_pkey primary key (id),
    constraint audit_log_action_known check (action in ('insert', 'update', 'delete'))
);
create index audit_log_entity_idx on ops.audit_log (entity, entity_id);
create index audit_log_account_id_idx on ops.audit_log (account_id, logged_at);
alter table ops.audit_log owner to ops;
alter table ops.audit_log enable row level security;
alter table ops.audit_log force row level security;
comment on table ops.audit_log is
$$Every change of money or access: who, in which role, for which family, what from and to.

Append-only; written by a trigger on the changed table, in the same transaction. `changes` holds
{column: [old, new]} for columns that carry ids, codes, amounts and times; personal text is left
out.$$;

create table ops.job_runs (
    id bigint generated always as identity,
    job text not null,
    studio_id integer,
    status text not null default 'running',
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    changed integer,
    error text,
    constraint job_runs_pkey primary key (id),
    constraint job_runs_status_known check (status in ('running', 'done', 'failed', 'skipped')),
    constraint job_runs_finished check ((status = 'running') = (finished_at is null)),
    constraint job_runs_error check ((status = 'failed') = (error is not null))
);
create index job_runs_job_idx on ops.job_runs (job, started_at);
alter table ops.job_runs owner to ops;
alter table ops.job_runs enable row level security;
alter table ops.job_runs force row level security;
comment on table ops.job_runs is
$$One row for each studio a scheduled job went through, kept also when it failed.

`skipped`: the same job was still running. `changed`: rows or registrations the job acted on.$$;

create table ops.applied_sources (
    id bigint generated always as identity,
    path text not null,
    checksum text not null,
    definition_hash text not null,
    applied_at timestamptz not null default now(),
    superseded_at timestamptz,
    constraint applied_sources_pkey primary key (id),
    constraint applied_sources_checksum_form check (checksum ~ '^[0-9a-f]{64}$'),
    constraint applied_sources_order check (superseded_at is null or superseded_at >= applied_at)
);
create unique index applied_sources_live_key on ops.applied_sources (
    path
) where superseded_at is null;
create index applied_sources_path_idx on ops.applied_sources (path, applied_at);
alter table ops.applied_sources owner to ops;
alter table ops.applied_sources enable row level security;
alter table ops.applied_sources force row level security;
comment on table ops.applied_sources is
$$Which version (SHA-256) of which source file was live from when until when.

Written by the deployment alone; a row is superseded, never deleted.$$;
