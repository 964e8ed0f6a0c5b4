create table pricing.quotes (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    cart_id bigint not null,
    term_id bigint not null,
    plan_id bigint not null,
    auto_pay boolean not null,
    priced_at timestamptz not null,
    engine_version integer not null,
    inputs jsonb not null,
    total_minor bigint not null,
    created_at timestamptz not null default now(),
    lines pricing.line[] not null,
    parts pricing.part[] not null,
    constraint quotes_pkey primary key (studio_id, id),
    constraint quotes_family_key unique (studio_id, family_id, id),
    constraint quotes_cart_fkey
    foreign key (studio_id, family_id, cart_id)
    references enrollment.carts (studio_id, family_id, id) on delete restrict,
    constraint quotes_plan_fkey
    foreign key (studio_id, term_id, plan_id)
    references pricing.payment_plans (studio_id, term_id, id) on delete restrict,
    constraint quotes_total_not_negative check (total_minor >= 0),
    constraint quotes_lines_add_up check (
        pricing.are_lines_of(lines, cart_id, inputs, total_minor)
    ),
    constraint quotes_parts_add_up check (pricing.are_parts_of(parts, total_minor))
);
alter table pricing.quotes
alter column inputs set compression lz4,
alter column lines set compression lz4,
alter column parts set compression lz4;
create index quotes_cart_idx on pricing.quotes (studio_id, cart_id, family_id);
create index quotes_plan_idx on pricing.quotes (studio_id, term_id, plan_id);
alter table pricing.quotes owner to pricing;
alter table pricing.quotes enable row level security;
alter table pricing.quotes force row level security;
comment on table pricing.quotes is
$$A price as it was told to a family, with the facts it was made from.

So it can be explained and replayed.
inputs: the basket (pricing.basket_item). priced_at: the instant whose rules were applied.
Append-only, and read whole: so lines and parts are columns, not rows of their own, and
pricing.quote_lines and pricing.quote_installments show them as rows. A line's student needs no
foreign key: by the CHECK it has an item in inputs, which was a row of the family's cart or
enrollments, under such a key; and students are not deleted.$$;
comment on column pricing.quotes.engine_version is
'version of the pricing pipeline that made the lines';
comment on column pricing.quotes.lines is
'the lines in their order; cart_id in each of them is the quote''s';
comment on column pricing.quotes.parts is
'the parts in which the total is due, in their order';
