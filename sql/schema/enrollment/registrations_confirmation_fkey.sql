-- Registrations and their confirmations point at each other, so one of the keys comes after both.
alter table enrollment.registrations
add constraint registrations_confirmation_fkey
foreign key (studio_id, id, confirmation_id)
references enrollment.confirmations (studio_id, registration_id, id) on delete restrict;
create index registrations_confirmation_idx
on enrollment.registrations (studio_id, id, confirmation_id);
alter table enrollment.registrations
add constraint registrations_quote_fkey
foreign key (studio_id, family_id, quote_id)
references pricing.quotes (studio_id, family_id, id) on delete restrict;
create index registrations_quote_idx on enrollment.registrations (studio_id, family_id, quote_id);
