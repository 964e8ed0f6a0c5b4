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
