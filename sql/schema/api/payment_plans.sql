create view api.payment_plans
with (security_invoker = true) as
select
    p.term_id,
    p.code,
    p.label,
    p.kind,
    p.installments,
    p.auto_pay,
    p.fee_per_installment_minor,
    p.accepts_checkout,
    p.deposit_minor,
    p.deposit_bp,
    p.balance_due_on,
    p.last_due_on,
    p.due_dates,
    p.shares_bp,
    p.do_capture,
    p.version,
    p.valid_from
from pricing.payment_plans as p
where p.superseded_at is null and p.kind <> 'custom';
alter view api.payment_plans owner to api;
grant select on api.payment_plans to staff;
comment on view api.payment_plans is
$$The payment plans as they are now, in the columns of save_plans; amounts in minor units.

deposit_bp, shares_bp: basis points. version: of the row; that of the table is in rule_sets. What
staff arrange for a cart is not among them. For staff; save_plans changes them.$$;
