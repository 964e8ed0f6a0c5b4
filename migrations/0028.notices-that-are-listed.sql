-- How far the gateway's list of notices has been read, so that what nobody delivered is found.
-- depends: 0027.payments-in-full
-- squawk-ignore-file constraint-missing-not-valid, require-concurrent-index-creation
set local lock_timeout = '3s';
set local statement_timeout = '60s';

create table payment.notice_cursors (
    studio_id integer not null,
    merchant_account_id bigint not null,
    seen_until timestamptz not null,
    constraint notice_cursors_pkey primary key (studio_id, merchant_account_id),
    constraint notice_cursors_merchant_account_fkey
    foreign key (studio_id, merchant_account_id)
    references payment.merchant_accounts (studio_id, id) on delete restrict
);
alter table payment.notice_cursors owner to payment;
alter table payment.notice_cursors enable row level security;
alter table payment.notice_cursors force row level security;
comment on table payment.notice_cursors is
$$How far the gateway's own list of notices has been read for a merchant account.

Read by payment.list_notices(): a notice that was never delivered is found there.$$;
comment on column payment.notice_cursors.seen_until is
'by the gateway''s clock: the latest notice of the last list that was read to its end';

alter table payment.gateway_events
add column is_listed boolean not null default false;
comment on column payment.gateway_events.is_listed is
'whether it was first found in the gateway''s list, not delivered';
create index gateway_events_unsettled_idx
on payment.gateway_events (merchant_account_id, received_at) where status = 'received';
