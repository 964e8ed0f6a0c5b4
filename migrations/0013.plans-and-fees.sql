-- Plans in full, parts of quotes as rows, fees by class and section, and what late starters pay.
-- depends: 0012.add-ons-and-credits
-- squawk-ignore-file ban-drop-constraint, ban-drop-column, constraint-missing-not-valid
-- squawk-ignore-file adding-foreign-key-constraint, adding-not-nullable-field
-- squawk-ignore-file changing-column-type, require-concurrent-index-creation, ban-drop-not-null
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter type pricing.basket_item add attribute tuition_proration text;
alter type pricing.basket_item add attribute days integer;
alter type pricing.basket_item add attribute days_left integer;
alter type pricing.basket_item add attribute auto_pay_offered boolean;
alter type pricing.basket_order add attribute ordered_on date;
alter type pricing.basket_order add attribute family_discount_later boolean;


-- What is set for the studio itself is what held until now; terms have nothing of their own.
alter table studio.settings
add column family_discount_later boolean,
add column tuition_proration text,
add column balance_days integer;
alter table studio.settings
alter column family_discount_later type boolean using case when term_id is null then true end,
alter column tuition_proration type text using case when term_id is null then 'none' end,
alter column balance_days type integer using case when term_id is null then 30 end;
alter table studio.settings drop constraint settings_studio_complete;
alter table studio.settings
add constraint settings_studio_complete check (
    term_id is not null
    or num_nulls(
        hold_minutes, payment_minutes, final_answer_seconds, rate_step_basis, token_minutes,
        sign_in_attempts, sign_in_window_minutes, password_min_length, password_hash_cost,
        call_attempts, call_lease_seconds, call_courier_delay_seconds, message_attempts,
        message_lease_seconds, coupon_attempts, coupon_window_minutes, family_discount_later,
        tuition_proration, balance_days
    ) = 0
),
add constraint settings_tuition_proration_known
check (tuition_proration in ('none', 'meetings', 'days')),
add constraint settings_balance_days_range check (balance_days between 1 and 365);
comment on column studio.settings.family_discount_later is
'who counts for the family discount: true: whoever has a class this term, so that a second child
who comes later earns it; false: only students with a class in this cart';
comment on column studio.settings.tuition_proration is
'what late starters pay of the rate table: none: all; meetings, days: as much as is left of them';
comment on column studio.settings.balance_days is
'days from the order to the balance of a deposit, where its plan has no date for it';

alter table catalog.divisions add column auto_pay_offered boolean not null default true;
comment on column catalog.divisions.auto_pay_offered is
'false: an order whose standard classes are all of such divisions can''t have a plan with auto-pay';

alter table pricing.program_prices add column registration_fee_minor bigint;
alter table pricing.program_prices
add constraint program_prices_registration_fee_not_negative check (registration_fee_minor >= 0);
comment on column pricing.program_prices.registration_fee_minor is
'minor units that a class of the program asks of the term''s fee registration; 0: nothing; null: as
that fee says, which asks nothing where its charged_modes leave programs out. Of several classes
the highest applies';

alter table pricing.fee_rules
add column class_id bigint,
add column section_id bigint,
add column once_per_term boolean not null default true,
add column proration text not null default 'none';
alter table pricing.fee_rules
add constraint fee_rules_class_fkey
foreign key (studio_id, term_id, class_id) references catalog.classes (studio_id, term_id, id)
on delete restrict,
add constraint fee_rules_section_fkey
foreign key (studio_id, term_id, section_id) references catalog.sections (studio_id, term_id, id)
on delete restrict,
add constraint fee_rules_one_scope check (num_nonnulls(division_id, class_id, section_id) <= 1),
add constraint fee_rules_proration_known check (proration in ('none', 'meetings', 'days'));
create index fee_rules_class_idx on pricing.fee_rules (studio_id, term_id, class_id);
create index fee_rules_section_idx on pricing.fee_rules (studio_id, term_id, section_id);
comment on table pricing.fee_rules is
$$A fee of a term: what is counted, for which classes, and how much for each.

At most one of division_id, class_id and section_id narrows it. A change supersedes the row and
adds the next version.$$;
comment on column pricing.fee_rules.code is
'registration: the fee of which a program can have its own amount';
comment on column pricing.fee_rules.class_id is 'only this class causes the fee; null: any';
comment on column pricing.fee_rules.section_id is 'only this section causes the fee; null: any';
comment on column pricing.fee_rules.once_per_term is
'true: what the student (or family) already has confirmed in the term is not charged again; false:
each order is charged for what it causes';
comment on column pricing.fee_rules.proration is
'what who starts late pays: none: all; meetings, days: as much as is left of them, of all sections
that cause the fee together';

-- Without an update: the rows stay as they were set, and the audit log has nothing to tell.
alter table pricing.payment_plans
add column kind text,
add column deposit_minor bigint,
add column deposit_bp integer,
add column balance_due_on date,
add column last_due_on date,
add column due_dates date[],
add column shares_bp integer[];
alter table pricing.payment_plans
alter column kind type text using case when installments = 1 then 'full' else 'monthly' end;
alter table pricing.payment_plans
alter column kind set not null,
alter column installments drop not null;
alter table pricing.payment_plans drop constraint payment_plans_installments_range;
alter table pricing.payment_plans drop constraint payment_plans_auto_pay_parts;
alter table pricing.payment_plans
add constraint payment_plans_kind_known check (
    kind in ('full', 'deposit_flat', 'deposit_percent', 'monthly', 'dated', 'custom')
),
add constraint payment_plans_custom_code check ((kind = 'custom') = (code = 'custom')),
add constraint payment_plans_installments_by_kind check (
    case kind
        when 'full' then coalesce(installments = 1, false)
        when 'deposit_flat' then coalesce(installments = 2, false)
        when 'deposit_percent' then coalesce(installments = 2, false)
        when 'custom' then installments is null
        else coalesce(installments between 2 and 12, false)
    end
),
add constraint payment_plans_auto_pay_by_kind check (
    case
        when kind = 'monthly' then auto_pay when kind in ('full', 'custom') then not auto_pay
        else true
    end
),
add constraint payment_plans_fee_by_kind
check (fee_per_installment_minor = 0 or kind in ('full', 'monthly', 'dated')),
add constraint payment_plans_deposit_minor_by_kind
check ((kind = 'deposit_flat') = (deposit_minor is not null)),
add constraint payment_plans_deposit_minor_positive check (deposit_minor > 0),
add constraint payment_plans_deposit_bp_by_kind
check ((kind = 'deposit_percent') = (deposit_bp is not null)),
add constraint payment_plans_deposit_bp_range check (deposit_bp between 1 and 10000),
add constraint payment_plans_balance_by_kind
check (balance_due_on is null or kind in ('deposit_flat', 'deposit_percent')),
add constraint payment_plans_last_due_on_by_kind
check (last_due_on is null or kind = 'monthly'),
add constraint payment_plans_template_by_kind check (
    case
        when kind = 'dated'
            then coalesce(
                cardinality(due_dates) = installments
                and cardinality(shares_bp) = installments,
                false
            )
        else due_dates is null and shares_bp is null
    end
);
comment on table pricing.payment_plans is
$$How a total may be paid in a term: at once or in parts, which pricing.schedule() makes.

full: at once. deposit_flat, deposit_percent: a deposit on the day of the order, the balance on a
later date. monthly: equal parts, the first on that day, then on the same day of each month (or its
last). dated: shares of the total on the dates of a template. custom: as staff have arranged it for
the cart. The last part takes what rounding left. A change supersedes the row and adds the next
version.$$;
comment on column pricing.payment_plans.installments is
'number of parts of one who orders in time; null: as many as staff have arranged';
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

create table pricing.quote_installments (
    studio_id integer not null,
    quote_id bigint not null,
    number smallint not null,
    family_id bigint not null,
    due_on date not null,
    amount_minor bigint not null,
    constraint quote_installments_pkey primary key (studio_id, quote_id, number),
    constraint quote_installments_quote_fkey
    foreign key (studio_id, family_id, quote_id)
    references pricing.quotes (studio_id, family_id, id) on delete restrict,
    constraint quote_installments_number_positive check (number > 0),
    constraint quote_installments_amount_not_negative check (amount_minor >= 0)
);
create index quote_installments_quote_idx
on pricing.quote_installments (studio_id, family_id, quote_id);
alter table pricing.quote_installments owner to pricing;
alter table pricing.quote_installments enable row level security;
alter table pricing.quote_installments force row level security;
comment on table pricing.quote_installments is
$$The parts in which the total of a quote is due. Append-only.

At the end of every transaction the parts of a quote add up to its total, exactly.$$;
comment on column pricing.quote_installments.due_on is 'local date of the studio';
comment on column pricing.quote_installments.amount_minor is 'minor units';

-- The parts of what is quoted already, as they were told.
insert into pricing.quote_installments (
    studio_id, quote_id, number, family_id, due_on, amount_minor
)
select
    q.studio_id,
    q.id,
    p.number,
    q.family_id,
    p.due_on,
    p.amount_minor
from pricing.quotes as q
cross join lateral jsonb_to_recordset(q.schedule) as p (
    number smallint, due_on date, amount_minor bigint
);
alter table pricing.quotes drop column schedule;

create table pricing.custom_schedules (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    cart_id bigint not null,
    reason text not null,
    set_by bigint not null,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint custom_schedules_pkey primary key (studio_id, id),
    constraint custom_schedules_family_key unique (studio_id, family_id, id),
    constraint custom_schedules_cart_fkey
    foreign key (studio_id, family_id, cart_id)
    references enrollment.carts (studio_id, family_id, id) on delete restrict,
    constraint custom_schedules_set_by_fkey
    foreign key (set_by) references identity.accounts (id) on delete restrict,
    constraint custom_schedules_reason_given check (btrim(reason) <> ''),
    constraint custom_schedules_one_at_a_time
    exclude using gist (
        studio_id with =,
        cart_id with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint custom_schedules_validity_order check (superseded_at > valid_from)
);
create unique index custom_schedules_live_key
on pricing.custom_schedules (studio_id, cart_id) where superseded_at is null;
create index custom_schedules_cart_idx
on pricing.custom_schedules (studio_id, family_id, cart_id);
create index custom_schedules_set_by_idx on pricing.custom_schedules (set_by);
alter table pricing.custom_schedules owner to pricing;
alter table pricing.custom_schedules enable row level security;
alter table pricing.custom_schedules force row level security;
comment on table pricing.custom_schedules is
$$Parts that staff arranged for what is in one cart, quoted by plan custom: who, when, why.

Setting others supersedes the row.$$;

create table pricing.custom_schedule_parts (
    studio_id integer not null,
    schedule_id bigint not null,
    number smallint not null,
    family_id bigint not null,
    due_on date not null,
    amount_minor bigint not null,
    constraint custom_schedule_parts_pkey primary key (studio_id, schedule_id, number),
    constraint custom_schedule_parts_schedule_fkey
    foreign key (studio_id, family_id, schedule_id)
    references pricing.custom_schedules (studio_id, family_id, id) on delete restrict,
    constraint custom_schedule_parts_number_range check (number between 1 and 60),
    constraint custom_schedule_parts_amount_range check (amount_minor between 1 and 99999999999)
);
create index custom_schedule_parts_schedule_idx
on pricing.custom_schedule_parts (studio_id, family_id, schedule_id);
alter table pricing.custom_schedule_parts owner to pricing;
alter table pricing.custom_schedule_parts enable row level security;
alter table pricing.custom_schedule_parts force row level security;
comment on table pricing.custom_schedule_parts is
$$The parts of a schedule that staff arranged, with ascending dates. Append-only.$$;
comment on column pricing.custom_schedule_parts.due_on is 'local date of the studio';
comment on column pricing.custom_schedule_parts.amount_minor is 'minor units';
