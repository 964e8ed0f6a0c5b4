create or replace function ops.refuse_change()
returns trigger
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
as $$
begin
    perform ops.fail(
        'append_only', jsonb_build_object('entity', tg_table_schema || '.' || tg_table_name)
    );
    return null;
end;
$$;
alter function ops.refuse_change() owner to ops;
comment on function ops.refuse_change() is
$$Refuse UPDATE, DELETE and TRUNCATE on tables that are only ever added to.$$;

create or replace trigger _000_refuse_change
before update or delete or truncate on ops.domain_events
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on ops.audit_log
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on enrollment.confirmations
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on pricing.discount_sections
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on pricing.coupon_sections
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on pricing.quotes
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on pricing.custom_schedule_parts
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on messaging.delivery_attempts
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on pricing.credits
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on payment.charge_summaries
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on payment.incident_notes
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on payment.incident_alerts
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on payment.installment_payments
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on payment.installment_changes
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on catalog.requirement_options
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on enrollment.waiver_sections
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on enrollment.changes
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on payment.batch_items
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on payment.refund_lines
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on payment.ledger_periods
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on payment.ledger_postings
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on payment.ledger_entries
for each statement execute function ops.refuse_change();

create or replace trigger _000_refuse_change
before update or delete or truncate on payment.ledger_totals
for each statement execute function ops.refuse_change();
