create table payment.installment_changes (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    installment_id bigint not null,
    kind text not null,
    reason text not null,
    amount_minor bigint not null,
    due_before date not null,
    due_on date not null,
    changed_by bigint,
    changed_at timestamptz not null default now(),
    constraint installment_changes_pkey primary key (studio_id, id),
    constraint installment_changes_installment_fkey
    foreign key (studio_id, family_id, installment_id)
    references payment.installments (studio_id, family_id, id) on delete restrict,
    constraint installment_changes_changed_by_fkey
    foreign key (changed_by) references identity.accounts (id) on delete restrict,
    constraint installment_changes_kind_known check (kind in ('waived', 'rescheduled')),
    constraint installment_changes_reason_given check (btrim(reason) <> ''),
    constraint installment_changes_amount_by_kind
    check ((kind = 'waived') = (amount_minor > 0) and amount_minor >= 0)
);
create index installment_changes_installment_idx
on payment.installment_changes (studio_id, family_id, installment_id);
create index installment_changes_changed_by_idx on payment.installment_changes (changed_by);
alter table payment.installment_changes owner to payment;
alter table payment.installment_changes enable row level security;
alter table payment.installment_changes force row level security;
comment on table payment.installment_changes is
$$What staff changed about a part of a plan, why and who: waived, or put off. Append-only.$$;
comment on column payment.installment_changes.amount_minor is
'minor units that were waived; 0 where it was put off';
comment on column payment.installment_changes.due_before is 'local date on which it had been due';
comment on column payment.installment_changes.due_on is 'local date on which it is due since';
