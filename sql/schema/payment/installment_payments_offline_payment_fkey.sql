-- What is recorded may be for a part of a plan, and a part be paid by it: both need both tables.
alter table payment.offline_payments
add constraint offline_payments_installment_fkey
foreign key (studio_id, family_id, installment_id)
references payment.installments (studio_id, family_id, id) on delete restrict;
create index offline_payments_installment_idx
on payment.offline_payments (studio_id, family_id, installment_id);
alter table payment.installment_payments
add constraint installment_payments_offline_payment_fkey
foreign key (studio_id, family_id, offline_payment_id)
references payment.offline_payments (studio_id, family_id, id) on delete restrict;
create index installment_payments_offline_payment_idx
on payment.installment_payments (studio_id, family_id, offline_payment_id);
