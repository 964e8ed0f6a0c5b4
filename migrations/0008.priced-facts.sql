-- Quotes keep all that they are priced by; a class is exempt from a fee, not from a version of it.
-- depends: 0007.section-spans
-- squawk-ignore-file ban-drop-constraint, ban-drop-column, constraint-missing-not-valid
-- squawk-ignore-file adding-serial-primary-key-field, adding-foreign-key-constraint
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter type pricing.basket_item add attribute rate_step_basis text;
alter type pricing.basket_item add attribute division_rank smallint;
alter type pricing.basket_item add attribute division_mixes boolean;
alter type pricing.basket_item add attribute plan_fee_waived boolean;
alter type pricing.basket_item add attribute exempt_fee_codes text[];
comment on type pricing.basket_item is
$$One student in one section, as pricing sees it: the facts a price is made of, and no rule.

enrolled: confirmed before, so counted but not charged. weekdays: ISO, one entry a weekly meeting.
rate_step_basis: the setting of the term. exempt_fee_codes: fees that the class does not cause.$$;

alter table pricing.fee_exemptions add column term_id bigint;
alter table pricing.fee_exemptions add column fee_code text;
update pricing.fee_exemptions as x
set term_id = f.term_id, fee_code = f.code
from pricing.fee_rules as f
where x.studio_id = f.studio_id and x.fee_rule_id = f.id;
-- One class, exempt from several versions of one fee, is exempt from the fee.
delete from pricing.fee_exemptions as x
using pricing.fee_exemptions as y
where
    x.studio_id = y.studio_id
    and x.term_id = y.term_id
    and x.fee_code = y.fee_code
    and x.class_id = y.class_id
    and x.fee_rule_id < y.fee_rule_id;
-- A handful of rows, read by pricing alone, whose functions are loaded right after this.
alter table pricing.fee_exemptions drop constraint fee_exemptions_pkey;
alter table pricing.fee_exemptions drop constraint fee_exemptions_fee_rule_fkey;
alter table pricing.fee_exemptions drop column fee_rule_id;
alter table pricing.fee_exemptions
add constraint fee_exemptions_pkey primary key (studio_id, term_id, fee_code, class_id);
alter table pricing.fee_exemptions
add constraint fee_exemptions_term_fkey
foreign key (studio_id, term_id) references catalog.terms (studio_id, id) on delete restrict;
comment on table pricing.fee_exemptions is
$$A class that does not cause a fee although its price mode would, whatever the fee's version.

A quote keeps with each item what it was exempt from.$$;

create type pricing.student_division as (
    cart_id bigint,
    student_id bigint,
    division_id bigint,
    enrolled_division_id bigint
);
alter type pricing.student_division owner to pricing;
comment on type pricing.student_division is
$$The one division in which a student's tuition and fees are priced.

division_id: by what is confirmed together with the cart; enrolled_division_id: by what is confirmed
alone, null when nothing is.$$;
