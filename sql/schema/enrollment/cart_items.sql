create table enrollment.cart_items (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    cart_id bigint not null,
    student_id bigint not null,
    section_id bigint not null,
    created_at timestamptz not null default now(),
    add_on_codes text[] not null default '{}',
    price_mode text not null,
    tier_id bigint,
    dates date[],
    weekdays smallint[],
    constraint cart_items_pkey primary key (studio_id, id),
    constraint cart_items_cart_fkey
    foreign key (studio_id, family_id, cart_id)
    references enrollment.carts (studio_id, family_id, id) on delete restrict,
    constraint cart_items_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint cart_items_section_fkey
    foreign key (studio_id, section_id, price_mode)
    references catalog.sections (studio_id, id, price_mode)
    on update cascade on delete restrict,
    constraint cart_items_tier_fkey
    foreign key (studio_id, section_id, tier_id)
    references catalog.section_tiers (studio_id, section_id, id) on delete restrict,
    constraint cart_items_tier_by_mode
    check ((price_mode = 'tiered') = (tier_id is not null)),
    constraint cart_items_dates_by_mode check (
        case price_mode
            when 'drop_in' then dates is not null
            when 'standard' then true
            else dates is null
        end
    ),
    constraint cart_items_weekdays_by_mode
    check (weekdays is null or (price_mode = 'standard' and dates is null)),
    -- In their order, each once.
    constraint cart_items_weekdays_given check (
        cardinality(weekdays) > 0
        and weekdays = array_remove(
            array[
                case when 1 = any(weekdays) then 1::smallint end,
                case when 2 = any(weekdays) then 2::smallint end,
                case when 3 = any(weekdays) then 3::smallint end,
                case when 4 = any(weekdays) then 4::smallint end,
                case when 5 = any(weekdays) then 5::smallint end,
                case when 6 = any(weekdays) then 6::smallint end,
                case when 7 = any(weekdays) then 7::smallint end
            ],
            null
        )
    ),
    constraint cart_items_dates_given
    check (cardinality(dates) > 0 and array_position(dates, null) is null),
    constraint cart_items_student_section_key unique (studio_id, cart_id, student_id, section_id),
    constraint cart_items_family_key unique (studio_id, family_id, student_id, section_id, id)
);
create index cart_items_cart_idx on enrollment.cart_items (studio_id, family_id, cart_id);
create index cart_items_student_idx on enrollment.cart_items (studio_id, family_id, student_id);
create index cart_items_section_idx on enrollment.cart_items (studio_id, section_id, price_mode);
create index cart_items_tier_idx on enrollment.cart_items (studio_id, section_id, tier_id);
alter table enrollment.cart_items owner to enrollment;
alter table enrollment.cart_items enable row level security;
alter table enrollment.cart_items force row level security;
comment on table enrollment.cart_items is
$$One student for one section, in a cart, with the tier, the weekdays or the dates picked of it.

It has seats of its own only where they are held from the cart (studio.settings.hold_starts_at).$$;
comment on column enrollment.cart_items.price_mode is
'that of the section; it says whether a tier, dates or weekdays may be picked';
comment on column enrollment.cart_items.tier_id is 'the tier that was picked, in a tiered section';
comment on column enrollment.cart_items.dates is
'local days that were picked, in their order; null: not by date';
comment on column enrollment.cart_items.weekdays is
'ISO weekdays that were picked, in their order, of a section sold by weekday; null: all of them';
comment on column enrollment.cart_items.add_on_codes is
'codes of the add-ons asked for; each is priced by its version at the quote';
