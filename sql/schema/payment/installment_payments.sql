create table payment.installment_payments (
    studio_id integer not null,
    id bigint generated always as identity,
    family_id bigint not null,
    installment_id bigint not null,
    transaction_id bigint,
    offline_payment_id bigint,
    amount_minor bigint not null,
    created_at timestamptz not null default now(),
    constraint installment_payments_pkey primary key (studio_id, id),
    constraint installment_payments_installment_fkey
    foreign key (studio_id, family_id, installment_id)
    references payment.installments (studio_id, family_id, id) on delete restrict,
    constraint installment_payments_transaction_fkey
    foreign key (studio_id, family_id, transaction_id)
    references payment.transactions (studio_id, family_id, id) on delete restrict,
    constraint installment_payments_one_source
    check (num_nonnulls(transaction_id, offline_payment_id) = 1),
    constraint installment_payments_amount_given check (amount_minor <> 0)
);
create unique index installment_payments_transaction_key
on payment.installment_payments (studio_id, family_id, transaction_id, installment_id)
where amount_minor > 0;
create index installment_payments_installment_idx
on payment.installment_payments (studio_id, family_id, installment_id);
create index installment_payments_transaction_idx
on payment.installment_payments (studio_id, family_id, transaction_id);
alter table payment.installment_payments owner to payment;
alter table payment.installment_payments enable row level security;
alter table payment.installment_payments force row level security;
comment on table payment.installment_payments is
$$Which money paid which part of a plan. Append-only: what is taken back is a row of its own.

Money may pay several parts, and a part be paid by several; a sale that stands here keeps its money
as one does that confirmed a registration.$$;
comment on column payment.installment_payments.amount_minor is
'minor units; negative where the money is gone again and the part open';
