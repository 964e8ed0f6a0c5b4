create view api.payment_plans
with (security_invoker = true) as
select
    p.term_id,
    p.code,
    p.label,
    p.installments,
    p.auto_pay,
    p.fee_per_installment_minor,
    p.accepts_checkout,
    p.version,
    p.valid_from
from pricing.payment_plans as p
where p.superseded_at is null;
alter view api.payment_plans owner to api;
grant select on api.payment_plans to staff;
comment on view api.payment_plans is
$$The payment plans as they are now; fee_per_installment_minor: minor units.

version: of the row; that of the table is in rule_sets. For staff; save_plans changes them.$$;
