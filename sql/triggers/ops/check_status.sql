create or replace function ops.check_status()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_entity constant text := tg_table_schema || '.' || tg_table_name;
begin
    if not exists (
        select
        from ops.status_transitions as t
        where
            t.entity = v_entity
            and t.from_status = old.status
            and t.to_status = new.status
    ) then
        perform ops.fail(
            'status_not_allowed',
            jsonb_build_object(
                'entity', v_entity, 'from_status', old.status, 'to_status', new.status
            )
        );
    end if;
    return new;
end;
$$;
alter function ops.check_status() owner to ops;
comment on function ops.check_status() is
$$Refuse a change of status that ops.status_transitions does not list.$$;

create or replace trigger _100_check_status
before update of status on catalog.terms
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on catalog.sections
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on catalog.meetings
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on enrollment.approvals
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on enrollment.carts
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on enrollment.registrations
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on enrollment.enrollments
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on enrollment.seats
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on identity.accounts
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on messaging.messages
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on payment.gateway_calls
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on payment.gateway_events
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on payment.merchant_accounts
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on payment.offline_payments
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on payment.payment_plans
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on payment.installments
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on payment.charge_attempts
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on payment.payment_reviews
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on payment.payments
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on payment.refunds
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on payment.stored_methods
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on pricing.coupon_redemptions
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on pricing.family_awards
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on studio.memberships
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on ops.job_runs
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on pricing.adjustments
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on pricing.credit_uses
for each row when (old.status is distinct from new.status)
execute function ops.check_status();

create or replace trigger _100_check_status
before update of status on enrollment.waitlist_entries
for each row when (old.status is distinct from new.status)
execute function ops.check_status();
