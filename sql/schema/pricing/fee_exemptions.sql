create table pricing.fee_exemptions (
    studio_id integer not null,
    fee_rule_id bigint not null,
    class_id bigint not null,
    constraint fee_exemptions_pkey primary key (studio_id, fee_rule_id, class_id),
    constraint fee_exemptions_fee_rule_fkey
    foreign key (studio_id, fee_rule_id) references pricing.fee_rules (studio_id, id)
    on delete restrict,
    constraint fee_exemptions_class_fkey
    foreign key (studio_id, class_id) references catalog.classes (studio_id, id)
    on delete restrict
);
create index fee_exemptions_class_idx on pricing.fee_exemptions (studio_id, class_id);
alter table pricing.fee_exemptions owner to pricing;
alter table pricing.fee_exemptions enable row level security;
alter table pricing.fee_exemptions force row level security;
comment on table pricing.fee_exemptions is
'A class that does not cause a fee although its price mode would.';
