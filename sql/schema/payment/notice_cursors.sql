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
