create view api.installment_plans
with (security_invoker = true) as
select
    p.id,
    p.family_id,
    p.registration_id,
    p.auto_pay,
    p.stored_method_id,
    p.status,
    p.created_at
from payment.payment_plans as p;
alter view api.installment_plans owner to api;
grant select on api.installment_plans to customer;
grant select on api.installment_plans to staff;
comment on view api.installment_plans is
$$The plans by which confirmed registrations are paid in parts (installments).

auto_pay: the studio charges stored_method_id when a part is due; null: it has no card, a part paid
by start_payment gives it one. status: active, completed. For the family and for staff.$$;
