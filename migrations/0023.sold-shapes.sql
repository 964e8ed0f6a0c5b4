-- Classes by weekday, and single dates of a class that is sold as a whole.
-- depends: 0022.what-messages-are-about
-- squawk-ignore-file constraint-missing-not-valid, ban-drop-constraint
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter table catalog.sections
add column sold_by_weekday boolean not null default false,
add constraint sections_by_weekday_standard
check (not sold_by_weekday or price_mode = 'standard');
comment on column catalog.sections.sold_by_weekday is
'whether some of its weekdays can be had without the others';

alter type pricing.picked_item add attribute weekdays smallint[];

alter table enrollment.cart_items
drop constraint cart_items_dates_by_mode,
add column weekdays smallint[],
add constraint cart_items_dates_by_mode check (
    case price_mode
        when 'drop_in' then dates is not null
        when 'standard' then true
        else dates is null
    end
),
add constraint cart_items_weekdays_by_mode
check (weekdays is null or (price_mode = 'standard' and dates is null)),
-- In their order, each once.
add constraint cart_items_weekdays_given check (
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
);
comment on column enrollment.cart_items.price_mode is
'that of the section; it says whether a tier, dates or weekdays may be picked';
comment on column enrollment.cart_items.dates is
'local days that were picked, in their order; null: not by date';
comment on column enrollment.cart_items.weekdays is
'ISO weekdays that were picked, in their order, of a section sold by weekday; null: all of them';

alter table enrollment.enrollments
drop constraint enrollments_dates_by_mode,
add column weekdays smallint[],
add constraint enrollments_dates_by_mode check (
    case price_mode
        when 'drop_in' then dates is not null
        when 'standard' then true
        else dates is null
    end
),
add constraint enrollments_weekdays_by_mode
check (weekdays is null or (price_mode = 'standard' and dates is null)),
-- In their order, each once.
add constraint enrollments_weekdays_given check (
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
);
comment on column enrollment.enrollments.price_mode is
'that of the section; it says whether a tier, dates or weekdays may be picked';
comment on column enrollment.enrollments.dates is
'local days that were picked, in their order; null: not by date';
comment on column enrollment.enrollments.weekdays is
'ISO weekdays that were picked, in their order, of a section sold by weekday; null: all of them';

comment on table enrollment.cart_items is
$$One student for one section, in a cart, with the tier, the weekdays or the dates picked of it.

It has seats of its own only where they are held from the cart (studio.settings.hold_starts_at).$$;
