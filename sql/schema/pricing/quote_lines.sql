create table pricing.quote_lines (
    studio_id integer not null,
    quote_id bigint not null,
    line_number smallint not null,
    family_id bigint not null,
    student_id bigint,
    kind text not null,
    code text not null,
    section_id bigint,
    basis jsonb not null,
    amount_minor bigint not null,
    rule_table text not null,
    rule_id bigint not null,
    rule_version integer not null,
    constraint quote_lines_pkey primary key (studio_id, quote_id, line_number),
    constraint quote_lines_quote_fkey
    foreign key (studio_id, family_id, quote_id)
    references pricing.quotes (studio_id, family_id, id) on delete restrict,
    constraint quote_lines_student_fkey
    foreign key (studio_id, family_id, student_id)
    references identity.students (studio_id, family_id, id) on delete restrict,
    constraint quote_lines_kind_known check (
        kind in (
            'tuition', 'program', 'override', 'tier', 'drop_in', 'fee', 'discount', 'add_on',
            'family_discount', 'plan_fee', 'coupon', 'adjustment', 'credit'
        )
    ),
    constraint quote_lines_sign check (
        case
            when kind in ('discount', 'family_discount', 'coupon', 'credit') then amount_minor < 0
            when kind <> 'adjustment' then amount_minor >= 0
            else true
        end
    )
);
create index quote_lines_quote_idx on pricing.quote_lines (studio_id, family_id, quote_id);
create index quote_lines_student_idx on pricing.quote_lines (studio_id, family_id, student_id);
alter table pricing.quote_lines owner to pricing;
alter table pricing.quote_lines enable row level security;
alter table pricing.quote_lines force row level security;
comment on table pricing.quote_lines is
$$The lines of a quote: ids, codes and amounts; words are rendered on reading. Append-only.$$;
comment on column pricing.quote_lines.amount_minor is 'minor units, negative where it is taken off';
comment on column pricing.quote_lines.basis is
'the inputs of the line: counts, unit amounts, division';
