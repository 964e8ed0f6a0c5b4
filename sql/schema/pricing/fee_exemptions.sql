create table pricing.fee_exemptions (
    studio_id integer not null,
    class_id bigint not null,
    term_id bigint not null,
    fee_code text not null,
    constraint fee_exemptions_pkey primary key (studio_id, term_id, fee_code, class_id),
    constraint fee_exemptions_term_fkey
    foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict,
    constraint fee_exemptions_class_fkey
    foreign key (studio_id, class_id) references catalog.classes (studio_id, id)
    on delete restrict
);
create index fee_exemptions_class_idx on pricing.fee_exemptions (studio_id, class_id);
alter table pricing.fee_exemptions owner to pricing;
alter table pricing.fee_exemptions enable row level security;
alter table pricing.fee_exemptions force row level security;
comment on table pricing.fee_exemptions is
$$A class that does not cause a fee although its price mode would, whatever the fee's version.

A quote keeps with each item what it was exempt from.$$;
