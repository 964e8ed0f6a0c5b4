create table payment.payment_plans (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    registration_id bigint not null,
    auto_pay boolean not null,
    do_capture boolean not null,
    stored_method_id bigint,
    status text not null default 'active',
    created_at timestamptz not null default now(),
    constraint payment_plans_pkey primary key (studio_id, id),
    constraint payment_plans_registration_key unique (studio_id, family_id, registration_id),
    constraint payment_plans_registration_fkey
    foreign key (studio_id, family_id, registration_id)
    references enrollment.registrations (studio_id, family_id, id) on delete restrict,
    constraint payment_plans_stored_method_fkey
    foreign key (studio_id, family_id, stored_method_id)
    references payment.stored_methods (studio_id, family_id, id) on delete restrict,
    constraint payment_plans_method_of_auto_pay check (stored_method_id is null or auto_pay),
    constraint payment_plans_status_known check (status in ('active', 'completed'))
);
create index payment_plans_stored_method_idx
on payment.payment_plans (studio_id, family_id, stored_method_id);
alter table payment.payment_plans owner to payment;
alter table payment.payment_plans enable row level security;
alter table payment.payment_plans force row level security;
comment on table payment.payment_plans is
$$How a confirmed registration is paid in parts: by whom, and with which stored card.

Made when the registration is confirmed, where its quote has more than one part; the parts are
payment.installments. completed: nothing of it is open any more.$$;
comment on column payment.payment_plans.auto_pay is
'whether the studio charges the stored card when a part is due; else the family pays by hand';
comment on column payment.payment_plans.do_capture is
'whether a charge takes the money at once, or only authorizes it';
comment on column payment.payment_plans.stored_method_id is
'the card that is charged; null: there is none, which staff and family are told when a part is due';
