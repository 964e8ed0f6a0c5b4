create or replace function pricing.refuse_edit()
returns trigger
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if
        tg_op = 'UPDATE'
        and to_jsonb(old) -> 'superseded_at' = 'null'
        and to_jsonb(new) -> 'superseded_at' <> 'null'
        and to_jsonb(old) - 'superseded_at' = to_jsonb(new) - 'superseded_at'
    then
        return new;
    end if;
    perform ops.fail(
        'rule_is_versioned', jsonb_build_object('entity', tg_table_schema || '.' || tg_table_name)
    );
    return null;
end;
$$;
alter function pricing.refuse_edit() owner to pricing;
comment on function pricing.refuse_edit() is
$$Keep every version of a rule as it was: a row may be superseded, once, and nothing else.

So what was priced by it can be explained and replayed. Raises rule_is_versioned.$$;

create or replace trigger _000_refuse_edit
before update on pricing.rates
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.rates
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on pricing.program_prices
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.program_prices
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on pricing.fee_rules
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.fee_rules
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on pricing.family_discounts
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.family_discounts
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on pricing.payment_plans
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.payment_plans
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on pricing.overrides
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.overrides
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on pricing.add_ons
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.add_ons
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on pricing.class_prices
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.class_prices
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on pricing.line_overrides
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.line_overrides
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on pricing.tier_prices
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.tier_prices
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on pricing.date_prices
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.date_prices
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on pricing.discounts
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.discounts
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on pricing.coupons
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.coupons
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on pricing.custom_schedules
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on pricing.custom_schedules
for each statement execute function pricing.refuse_edit();

create or replace trigger _000_refuse_edit
before update on catalog.requirements
for each row execute function pricing.refuse_edit();

create or replace trigger _000_refuse_deletion
before delete or truncate on catalog.requirements
for each statement execute function pricing.refuse_edit();
