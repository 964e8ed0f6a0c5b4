create table pricing.payment_plans (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    code text not null,
    label text not null,
    installments smallint not null,
    auto_pay boolean not null,
    fee_per_installment_minor bigint not null default 0,
    accepts_checkout boolean not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint payment_plans_pkey primary key (studio_id, id),
    constraint payment_plans_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint payment_plans_version_key unique (studio_id, term_id, code, version),
    constraint payment_plans_one_at_a_time
    exclude using gist (
        studio_id with =,
        term_id with =,
        code with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint payment_plans_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint payment_plans_label_given check (btrim(label) <> ''),
    constraint payment_plans_installments_range check (installments between 1 and 12),
    constraint payment_plans_auto_pay_parts check (auto_pay = (installments > 1)),
    constraint payment_plans_fee_not_negative check (fee_per_installment_minor >= 0),
    constraint payment_plans_version_positive check (version > 0),
    constraint payment_plans_validity_order check (superseded_at > valid_from)
);
create unique index payment_plans_live_key
on pricing.payment_plans (studio_id, term_id, code) where superseded_at is null;
alter table pricing.payment_plans owner to pricing;
alter table pricing.payment_plans enable row level security;
alter table pricing.payment_plans force row level security;
comment on table pricing.payment_plans is
$$How a total may be paid in a term: at once, or in monthly parts charged to a stored card.

Equal parts, the first today, then on the same day of each month (or its last); the last part
takes the rest. A change supersedes the row and adds the next version.$$;
comment on column pricing.payment_plans.fee_per_installment_minor is
'minor units added to the total for each part';
comment on column pricing.payment_plans.accepts_checkout is
'false: the plan is quoted but can''t be taken yet';
