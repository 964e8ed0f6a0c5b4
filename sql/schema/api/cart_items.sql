create view api.cart_items
with (security_invoker = true) as
select
    i.id,
    i.cart_id,
    i.family_id,
    i.student_id,
    i.section_id,
    i.created_at,
    i.add_on_codes,
    i.tier_id,
    i.dates,
    i.weekdays
from enrollment.cart_items as i;
alter view api.cart_items owner to api;
grant select on api.cart_items to customer;
grant select on api.cart_items to staff;
comment on view api.cart_items is
$$What is in a cart: one student for one section each, with the tier, weekdays or dates picked.

add_on_codes: the add-ons asked for with set_add_on; required ones come without asking.

For the family and for staff.$$;
