create table payment.batch_cursors (
    studio_id integer not null,
    merchant_account_id bigint not null,
    seen_until timestamptz not null,
    constraint batch_cursors_pkey primary key (studio_id, merchant_account_id),
    constraint batch_cursors_merchant_account_fkey
    foreign key (studio_id, merchant_account_id)
    references payment.merchant_accounts (studio_id, id) on delete restrict
);
alter table payment.batch_cursors owner to payment;
alter table payment.batch_cursors enable row level security;
alter table payment.batch_cursors force row level security;
comment on table payment.batch_cursors is
$$How far the gateway's list of batches has been read for a merchant account.$$;
comment on column payment.batch_cursors.seen_until is
'by the gateway''s clock: the latest batch of the last list that was read to its end';
