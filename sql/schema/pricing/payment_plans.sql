create table pricing.payment_plans (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    code text not null,
    label text not null,
    installments smallint,
    auto_pay boolean not null,
    fee_per_installment_minor bigint not null default 0,
    accepts_checkout boolean not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    kind text not null,
    deposit_minor bigint,
    deposit_bp integer,
    balance_due_on date,
    last_due_on date,
    due_dates date[],
    shares_bp integer[],
    do_capture boolean not null default true,
    constraint payment_plans_pkey primary key (studio_id, id),
    constraint payment_plans_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint payment_plans_term_key unique (studio_id, term_id, id),
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
    constraint payment_plans_fee_not_negative check (fee_per_installment_minor >= 0),
    constraint payment_plans_version_positive check (version > 0),
    constraint payment_plans_validity_order check (superseded_at > valid_from),
    constraint payment_plans_kind_known check (
        kind in ('full', 'deposit_flat', 'deposit_percent', 'monthly', 'dated', 'custom')
    ),
    constraint payment_plans_custom_code check ((kind = 'custom') = (code = 'custom')),
    constraint payment_plans_installments_by_kind check (
        case kind
            when 'full' then coalesce(installments = 1, false)
            when 'deposit_flat' then coalesce(installments = 2, false)
            when 'deposit_percent' then coalesce(installments = 2, false)
            when 'custom' then installments is null
            else coalesce(installments between 2 and 12, false)
        end
    ),
    constraint payment_plans_auto_pay_by_kind check (
        case
            when kind = 'monthly' then auto_pay when kind in ('full', 'custom') then not auto_pay
            else true
        end
    ),
    constraint payment_plans_fee_by_kind
    check (fee_per_installment_minor = 0 or kind in ('full', 'monthly', 'dated')),
    constraint payment_plans_deposit_minor_by_kind
    check ((kind = 'deposit_flat') = (deposit_minor is not null)),
    constraint payment_plans_deposit_minor_positive check (deposit_minor > 0),
    constraint payment_plans_deposit_bp_by_kind
    check ((kind = 'deposit_percent') = (deposit_bp is not null)),
    constraint payment_plans_deposit_bp_range check (deposit_bp between 1 and 10000),
    constraint payment_plans_balance_by_kind
    check (balance_due_on is null or kind in ('deposit_flat', 'deposit_percent')),
    constraint payment_plans_last_due_on_by_kind
    check (last_due_on is null or kind = 'monthly'),
    constraint payment_plans_template_by_kind check (
        case
            when kind = 'dated'
                then coalesce(
                    cardinality(due_dates) = installments
                    and cardinality(shares_bp) = installments,
                    false
                )
            else due_dates is null and shares_bp is null
        end
    )
);
create unique index payment_plans_live_key
on pricing.payment_plans (studio_id, term_id, code) where superseded_at is null;
alter table pricing.payment_plans owner to pricing;
alter table pricing.payment_plans enable row level security;
alter table pricing.payment_plans force row level security;
comment on table pricing.payment_plans is
$$How a total may be paid in a term: at once or in parts, which pricing.schedule() makes.

full: at once. deposit_flat, deposit_percent: a deposit on the day of the order, the balance on a
later date. monthly: equal parts, the first on that day, then on the same day of each month (or its
last). dated: shares of the total on the dates of a template. custom: as staff have arranged it for
the cart. The last part takes what rounding left. A change supersedes the row and adds the next
version.$$;
comment on column pricing.payment_plans.installments is
'number of parts of one who orders in time; null: as many as staff have arranged';
comment on column pricing.payment_plans.fee_per_installment_minor is
'minor units added to the total for each part';
comment on column pricing.payment_plans.accepts_checkout is
'false: the plan is quoted but can''t be taken';
comment on column pricing.payment_plans.deposit_minor is
'minor units due with the order; all of a total that is not more';
comment on column pricing.payment_plans.deposit_bp is
'basis points of the total that are due with the order';
comment on column pricing.payment_plans.balance_due_on is
'date on which the balance of a deposit is due; null: so many days after the order as the setting
balance_days says';
comment on column pricing.payment_plans.last_due_on is
'no monthly part is due later, so who orders late has fewer; null: all have as many';
comment on column pricing.payment_plans.due_dates is
'dates of a template, ascending; what is due on those gone by is due with the order';
comment on column pricing.payment_plans.shares_bp is
'basis points of the total that are due on each of due_dates, 10000 together';
comment on column pricing.payment_plans.do_capture is
'whether a card is charged at once; false: its charges are only authorized, and captured by staff';
