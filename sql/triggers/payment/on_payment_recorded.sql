create or replace function payment.on_payment_recorded()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_registration_id constant bigint := (new.payload ->> 'registration_id')::bigint;
begin
    -- One that confirmed its registration has paid the first part as that was made.
    if not exists (
        select
        from enrollment.confirmations as c
        where
            c.studio_id = new.studio_id
            and c.family_id = new.family_id
            and c.offline_payment_id = new.subject_id
    ) then
        perform payment.pay_parts(
            v_registration_id,
            (new.payload ->> 'amount_minor')::bigint,
            (new.payload ->> 'installment_id')::bigint,
            p_offline_payment_id => new.subject_id
        );
        perform payment.follow_price(v_registration_id);
    end if;
    return null;
end;
$$;
alter function payment.on_payment_recorded() owner to payment;
comment on function payment.on_payment_recorded() is
$$Let money that staff recorded pay the parts of a plan: the one that is meant, then the next ones.$$;

create or replace trigger _300_on_payment_recorded
after insert on ops.domain_events
for each row when (new.kind = 'payment.recorded')
execute function payment.on_payment_recorded();
