create table payment.ledger_accounts (
    code text not null,
    kind text not null,
    position smallint not null,
    meaning text not null,
    constraint ledger_accounts_pkey primary key (code),
    constraint ledger_accounts_position_key unique (position),
    constraint ledger_accounts_code_form check (code ~ '^[a-z_]+(:[a-z_]+)?$'),
    constraint ledger_accounts_kind_known check (kind in ('asset', 'liability', 'revenue')),
    constraint ledger_accounts_meaning_given check (btrim(meaning) <> '')
);
alter table payment.ledger_accounts owner to payment;
alter table payment.ledger_accounts enable row level security;
alter table payment.ledger_accounts force row level security;
comment on table payment.ledger_accounts is
$$What a ledger counts: the accounts, the same at every studio.

Platform table, changed only by migrations. asset: what the studio has or is owed, more by a debit;
liability: what it owes to families, and revenue: what it earns, more by a credit. Accounts that
take off from what was earned (discounts, refunds) are revenue, too, and have debits.$$;

insert into payment.ledger_accounts (code, kind, position, meaning) values
('receivable', 'asset', 10, 'what families owe for confirmed registrations'),
('cash_in_transit', 'asset', 20, 'cards that were authorized and are not settled yet'),
('cash', 'asset', 30, 'money received: cards settled, cash, checks, transfers'),
('returned_items', 'asset', 40, 'checks that the bank gave back, off cash'),
('credits', 'liability', 50, 'credits that families have left to spend'),
('unapplied', 'liability', 60, 'money that has paid nothing yet, or that is to be given back'),
('revenue:tuition', 'revenue', 100, 'tuition by the rate table'),
('revenue:program', 'revenue', 110, 'set prices of programs'),
('revenue:override', 'revenue', 120, 'prices that staff have set for a student'),
('revenue:tier', 'revenue', 130, 'tiers'),
('revenue:drop_in', 'revenue', 140, 'classes by date'),
('revenue:fee', 'revenue', 150, 'fees'),
('revenue:add_on', 'revenue', 160, 'add-ons'),
('revenue:plan_fee', 'revenue', 170, 'fees of paying in parts'),
('revenue:adjustment', 'revenue', 180, 'what staff have added to a price or taken off'),
('revenue:change', 'revenue', 190, 'what changes of confirmed enrollments did to their price'),
('discounts', 'revenue', 200, 'discounts of students, families and coupons, off revenue'),
('refunds', 'revenue', 210, 'what refunds took off a price, off revenue'),
('credits_granted', 'revenue', 220, 'credits that nobody had paid for, off revenue'),
('waived', 'revenue', 230, 'installments that were waived, off revenue');
