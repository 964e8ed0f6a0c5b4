-- Payments and their transactions point at each other, so one of the keys comes after both.
alter table payment.payments
add constraint payments_accepted_sale_fkey
foreign key (studio_id, family_id, id, accepted_sale_id)
references payment.transactions (studio_id, family_id, payment_id, id) on delete restrict;
create index payments_accepted_sale_idx
on payment.payments (studio_id, family_id, id, accepted_sale_id);
