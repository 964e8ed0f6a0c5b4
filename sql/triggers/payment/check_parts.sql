create or replace function payment.check_parts()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_registration_id bigint;
    v_open_minor numeric;
    v_balance_minor bigint;
begin
    if tg_table_name = 'transactions' then
        select p.registration_id into v_registration_id
        from payment.payments as p
        where
            p.studio_id = new.studio_id
            and p.family_id = new.family_id
            and p.id = (to_jsonb(new) -> 'payment_id')::bigint;
    else
        v_registration_id := (to_jsonb(new) -> 'registration_id')::bigint;
    end if;
    select sum(i.amount_minor - i.paid_minor) into v_open_minor
    from payment.installments as i
    where
        i.studio_id = new.studio_id
        and i.family_id = new.family_id
        and i.registration_id = v_registration_id;
    if v_open_minor is null then
        -- Not paid in parts.
        return null;
    end if;
    v_balance_minor := greatest(payment.balance_minor(new.family_id, v_registration_id), 0);
    if v_open_minor <> v_balance_minor then
        raise check_violation using
            message = format(
                'parts of %s are open of registration %s, of which %s is owed',
                v_open_minor, v_registration_id, v_balance_minor
            );
    end if;
    return null;
end;
$$;
alter function payment.check_parts() owner to payment;
comment on function payment.check_parts() is
$$Refuse that what is open of a plan is anything but what is still owed for its registration.$$;

create constraint trigger _100_check_parts
after insert on payment.installments
deferrable initially deferred
for each row execute function payment.check_parts();

create constraint trigger _110_check_parts
after update of amount_minor, paid_minor, waived_minor on payment.installments
deferrable initially deferred
for each row when (
    (old.amount_minor, old.paid_minor, old.waived_minor)
    is distinct from (new.amount_minor, new.paid_minor, new.waived_minor)
)
execute function payment.check_parts();

create constraint trigger _100_check_parts
after insert or update of status, amount_minor, price_reduction_minor on payment.refunds
deferrable initially deferred
for each row execute function payment.check_parts();

create constraint trigger _100_check_parts
after insert or update of status, amount_minor on payment.offline_payments
deferrable initially deferred
for each row execute function payment.check_parts();

create constraint trigger _100_check_parts
after insert or update of state, is_authorized on payment.transactions
deferrable initially deferred
for each row execute function payment.check_parts();
