create table pricing.coupons (
    studio_id integer not null,
    id bigint generated always as identity,
    term_id bigint not null,
    key text not null,
    name text not null,
    code text,
    kind text not null,
    percent_bp integer,
    amount_minor bigint,
    available_from timestamptz,
    available_until timestamptz,
    max_uses integer,
    max_uses_per_family integer default 1,
    stackable boolean not null default true,
    applies_to text[] not null default '{tuition,registration,recital}',
    most_expensive_only boolean not null default false,
    active boolean not null default true,
    version integer not null default 1,
    valid_from timestamptz not null default now(),
    superseded_at timestamptz,
    constraint coupons_pkey primary key (studio_id, id),
    constraint coupons_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint coupons_version_key unique (studio_id, term_id, key, version),
    constraint coupons_key_form check (key ~ '^[a-z][a-z0-9_]*$'),
    constraint coupons_name_given check (btrim(name) <> ''),
    constraint coupons_code_form
    check (code = upper(btrim(code)) and length(code) between 3 and 40),
    constraint coupons_kind_complete check (
        case kind
            when 'percent' then percent_bp is not null and amount_minor is null
            when 'flat' then amount_minor is not null and percent_bp is null
            else false
        end
    ),
    constraint coupons_percent_range check (percent_bp between 1 and 10000),
    constraint coupons_amount_range check (amount_minor between 1 and 99999999999),
    constraint coupons_window_order check (available_until > available_from),
    constraint coupons_max_uses_positive check (max_uses > 0),
    constraint coupons_max_uses_per_family_positive check (max_uses_per_family > 0),
    constraint coupons_applies_to_known check (
        applies_to <@ array['tuition', 'registration', 'recital'] and cardinality(applies_to) > 0
    ),
    constraint coupons_version_positive check (version > 0),
    constraint coupons_one_at_a_time
    exclude using gist (
        studio_id with =,
        term_id with =,
        key with =,
        tstzrange(valid_from, superseded_at) with &&
    ),
    constraint coupons_validity_order check (superseded_at > valid_from)
);
create unique index coupons_live_key
on pricing.coupons (studio_id, term_id, key) where superseded_at is null;
create unique index coupons_code_key
on pricing.coupons (studio_id, code) where superseded_at is null;
alter table pricing.coupons owner to pricing;
alter table pricing.coupons enable row level security;
alter table pricing.coupons force row level security;
comment on table pricing.coupons is
$$What an order of a term saves by a code that the family enters, or by itself within its dates.

One coupon applies to an order, last of all. Where it has rows in pricing.coupon_sections it reduces
these sections alone. Never listed to families. A change supersedes the row and adds the next
version; uses are counted over all versions of a key.$$;
comment on column pricing.coupons.key is
'what stays the same over all versions; families never see it';
comment on column pricing.coupons.code is
'what families enter, in any case and with blanks around it; null: applied by itself';
comment on column pricing.coupons.percent_bp is
'basis points of the lines it applies to, less their discounts';
comment on column pricing.coupons.amount_minor is
'minor units, cut at the lines it applies to, less their discounts; a positive number';
comment on column pricing.coupons.available_from is
'from when it may be used; null: from the beginning';
comment on column pricing.coupons.available_until is
'until when it may be used, exclusive; null: without end';
comment on column pricing.coupons.max_uses is 'orders in all; null: any number';
comment on column pricing.coupons.max_uses_per_family is 'orders of one family; null: any number';
comment on column pricing.coupons.stackable is
'false: not beside a discount, though beside the family discount';
comment on column pricing.coupons.applies_to is
$$tuition: by whatever price mode, programs included; registration: the fee of that code; recital:
every other fee (costume, video); add-ons are outside$$;
comment on column pricing.coupons.most_expensive_only is
'only the line of those it applies to of which most is left';
comment on column pricing.coupons.active is 'false: refused for the time being';
