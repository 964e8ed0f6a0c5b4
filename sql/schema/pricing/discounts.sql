create table pricing.discounts (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    code text not null,
    label text not null,
    category text not null,
    threshold smallint,
    recipients text,
    kind text not null,
    percent_bp integer,
    amount_minor bigint,
    reduces_tuition boolean not null default true,
    reduces_fees boolean not null default true,
    reduces_programs boolean not null default false,
    available_from timestamptz,
    available_until timestamptz,
    position smallint not null,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint discounts_pkey primary key (studio_id, id),
    constraint discounts_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint discounts_version_key unique (studio_id, term_id, code, version),
    constraint discounts_code_form check (code ~ '^[a-z][a-z0-9_]*$'),
    constraint discounts_label_given check (btrim(label) <> ''),
    constraint discounts_category_known
    check (category in ('students_in_family', 'weekly_classes', 'unconditional')),
    constraint discounts_threshold_positive check (threshold > 0),
    constraint discounts_recipients_known
    check (recipients in ('reaching', 'reaching_and_later')),
    constraint discounts_condition_complete check (
        case category
            when 'unconditional' then num_nonnulls(threshold, recipients) = 0
            else num_nulls(threshold, recipients) = 0
        end
    ),
    constraint discounts_kind_complete check (
        case kind
            when 'percent' then percent_bp is not null and amount_minor is null
            when 'flat' then amount_minor is not null and percent_bp is null
            else false
        end
    ),
    constraint discounts_percent_range check (percent_bp between 1 and 10000),
    constraint discounts_amount_range check (amount_minor between 1 and 99999999999),
    constraint discounts_reduces_something
    check (reduces_tuition or reduces_fees or reduces_programs),
    constraint discounts_window_order check (available_until > available_from),
    constraint discounts_version_positive check (version > 0),
    constraint discounts_one_at_a_time
    exclude using gist (
        studio_id with =,
        term_id with =,
        code with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint discounts_validity_order check (superseded_at > valid_from)
);
create unique index discounts_live_key
on pricing.discounts (studio_id, term_id, code) where superseded_at is null;
alter table pricing.discounts owner to pricing;
alter table pricing.discounts enable row level security;
alter table pricing.discounts force row level security;
comment on table pricing.discounts is
$$What a student saves in a term: on what condition, how much, off which lines, and when.

Percentages are taken before amounts, each by position and code. Where it has rows in
pricing.discount_sections it looks at these sections alone: it counts and reduces nothing else.
A change supersedes the row and adds the next version.$$;
comment on column pricing.discounts.category is
$$what is counted, confirmed and in the cart: students of the family, or weekly classes of a student
as for the rate step; unconditional: nothing$$;
comment on column pricing.discounts.threshold is 'how many of what is counted it takes';
comment on column pricing.discounts.recipients is
$$reaching: only the student, or the order of a student, that reaches the threshold;
reaching_and_later: those that come after it, too$$;
comment on column pricing.discounts.percent_bp is
'basis points of what is left of the lines it may reduce';
comment on column pricing.discounts.amount_minor is
'minor units taken off each student it is given to, a positive number';
comment on column pricing.discounts.reduces_tuition is
'lines by rate table, tier and date, and prices set by staff';
comment on column pricing.discounts.reduces_fees is
'fees of the student, but for those whose rule says that they are not discountable';
comment on column pricing.discounts.reduces_programs is
'set prices of programs, and prices set by staff in their stead';
comment on column pricing.discounts.available_from is
'from when it is given; null: from the beginning';
comment on column pricing.discounts.available_until is
'until when it is given, exclusive; null: without end';
