-- A charge or a refund that nobody has sent yet can be taken back.
-- depends: 0035.work-list
set local lock_timeout = '3s';
set local statement_timeout = '60s';

insert into ops.status_transitions (entity, from_status, to_status) values
('payment.gateway_calls', 'queued', 'failed');
