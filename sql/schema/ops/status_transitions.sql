create table ops.status_transitions (
    entity text not null,
    from_status text not null,
    to_status text not null,
    constraint status_transitions_pkey primary key (entity, from_status, to_status)
);
alter table ops.status_transitions owner to ops;
alter table ops.status_transitions enable row level security;
alter table ops.status_transitions force row level security;
comment on table ops.status_transitions is
$$Which status may follow which, for every table with a status column ("schema.table").

Platform table, changed only by migrations. A trigger on each such table refuses any other
change.$$;

insert into ops.status_transitions (entity, from_status, to_status) values
('catalog.meetings', 'scheduled', 'cancelled'),
('catalog.sections', 'open', 'closed'),
('catalog.sections', 'closed', 'open'),
('catalog.sections', 'open', 'cancelled'),
('catalog.sections', 'closed', 'cancelled'),
('catalog.terms', 'draft', 'published'),
('catalog.terms', 'published', 'draft'),
('catalog.terms', 'published', 'archived'),
('enrollment.carts', 'open', 'checked_out'),
('enrollment.enrollments', 'pending', 'confirmed'),
('enrollment.enrollments', 'pending', 'failed'),
('enrollment.enrollments', 'pending', 'cancelled'),
('enrollment.enrollments', 'confirmed', 'cancelled'),
('enrollment.registrations', 'pending_payment', 'confirmed'),
('enrollment.registrations', 'pending_payment', 'failed'),
('enrollment.registrations', 'pending_payment', 'cancelled'),
('enrollment.registrations', 'confirmed', 'refunded'),
('enrollment.registrations', 'pending_payment', 'partial'),
('enrollment.registrations', 'partial', 'confirmed'),
('enrollment.registrations', 'partial', 'refunded'),
('enrollment.seats', 'held', 'confirmed'),
('enrollment.seats', 'offered', 'held'),
('enrollment.seats', 'reserved', 'confirmed'),
('identity.accounts', 'active', 'inactive'),
('identity.accounts', 'inactive', 'active'),
('messaging.messages', 'queued', 'sending'),
('messaging.messages', 'sending', 'sent'),
('messaging.messages', 'sending', 'queued'),
('messaging.messages', 'sending', 'failed'),
('messaging.messages', 'failed', 'queued'),
('ops.job_runs', 'running', 'done'),
('ops.job_runs', 'running', 'failed'),
('ops.job_runs', 'running', 'skipped'),
('payment.gateway_calls', 'queued', 'claimed'),
('payment.gateway_calls', 'claimed', 'answered'),
('payment.gateway_calls', 'claimed', 'queued'),
('payment.gateway_calls', 'claimed', 'failed'),
('payment.gateway_events', 'received', 'applied'),
('payment.gateway_events', 'received', 'ignored'),
('payment.gateway_events', 'received', 'unmatched'),
('payment.gateway_events', 'unmatched', 'received'),
('payment.merchant_accounts', 'active', 'inactive'),
('payment.merchant_accounts', 'inactive', 'active'),
('payment.payments', 'open', 'authorized'),
('payment.payments', 'open', 'expired'),
('payment.payments', 'open', 'failed'),
('payment.payments', 'expired', 'authorized'),
('payment.payments', 'failed', 'authorized'),
('payment.payments', 'authorized', 'voided'),
('pricing.coupon_redemptions', 'held', 'used'),
('pricing.coupon_redemptions', 'held', 'returned'),
('pricing.coupon_redemptions', 'used', 'returned'),
('pricing.family_awards', 'held', 'used'),
('pricing.family_awards', 'held', 'returned'),
('pricing.family_awards', 'used', 'returned'),
('studio.memberships', 'active', 'ended'),
('studio.memberships', 'ended', 'active');
