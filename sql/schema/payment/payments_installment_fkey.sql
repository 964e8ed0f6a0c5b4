-- Installments belong to plans, plans to registrations and cards: so the key comes after them.
alter table payment.payments
add constraint payments_installment_fkey
foreign key (studio_id, family_id, registration_id, installment_id)
references payment.installments (studio_id, family_id, registration_id, id) on delete restrict;
create index payments_installment_idx
on payment.payments (studio_id, family_id, registration_id, installment_id);
