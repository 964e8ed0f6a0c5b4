create table payment.batch_items (
    studio_id integer not null,
    batch_id bigint not null,
    gateway_id text not null,
    type text not null,
    state text not null,
    amount_minor bigint,
    currency text,
    reference text,
    parent_gateway_id text,
    constraint batch_items_pkey primary key (studio_id, batch_id, gateway_id),
    constraint batch_items_batch_fkey
    foreign key (studio_id, batch_id) references payment.batches (studio_id, id)
    on delete restrict
);
alter table payment.batch_items owner to payment;
alter table payment.batch_items enable row level security;
alter table payment.batch_items force row level security;
comment on table payment.batch_items is
$$The transactions of a batch, as the gateway lists them. Append-only.$$;
comment on column payment.batch_items.gateway_id is 'the gateway''s id of the transaction';
comment on column payment.batch_items.amount_minor is
'minor units; null: the gateway''s amount can''t be read as such';
comment on column payment.batch_items.reference is 'ours, by which it is looked for';
