create table pricing.quote_installments (
    studio_id integer not null,
    quote_id bigint not null,
    number smallint not null,
    family_id bigint not null,
    due_on date not null,
    amount_minor bigint not null,
    constraint quote_installments_pkey primary key (studio_id, quote_id, family_id, number),
    constraint quote_installments_quote_fkey
    foreign key (studio_id, family_id, quote_id)
    references pricing.quotes (studio_id, family_id, id) on delete restrict,
    constraint quote_installments_number_positive check (number > 0),
    constraint quote_installments_amount_not_negative check (amount_minor >= 0)
);
alter table pricing.quote_installments owner to pricing;
alter table pricing.quote_installments enable row level security;
alter table pricing.quote_installments force row level security;
comment on table pricing.quote_installments is
$$The parts in which the total of a quote is due. Append-only.

At the end of every transaction the parts of a quote add up to its total, exactly.$$;
comment on column pricing.quote_installments.due_on is 'local date of the studio';
comment on column pricing.quote_installments.amount_minor is 'minor units';
