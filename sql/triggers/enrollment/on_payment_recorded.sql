create or replace function enrollment.on_payment_recorded()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_offline_payment_id constant bigint := new.subject_id;
    v_registration constant enrollment.registrations
    := enrollment.lock_registration((new.payload ->> 'registration_id')::bigint);
    v_count bigint;
begin
    if v_registration.status in ('pending_payment', 'failed') then
        if new.payload ->> 'balance_due_on' is not null then
            update enrollment.registrations as r
            set
                balance_due_on = (
                    select p.balance_due_on
                    from jsonb_to_record(new.payload) as p (balance_due_on date)
                )
            where r.studio_id = new.studio_id and r.id = v_registration.id;
            get diagnostics v_count = row_count;
            perform ops.require_count(v_count, 1, 'registration');
        end if;
        if
            not enrollment.confirm_registration(
                v_registration.id, p_offline_payment_id => v_offline_payment_id
            )
            and not enrollment.retake_registration(
                v_registration.id, p_offline_payment_id => v_offline_payment_id
            )
        then
            -- Nothing is recorded that enrolls nobody: the money is still in somebody's hand.
            perform ops.fail('registration_expired');
        end if;
    else
        perform enrollment.settle_balance(v_registration.id);
    end if;
    return null;
end;
$$;
alter function enrollment.on_payment_recorded() owner to enrollment;
comment on function enrollment.on_payment_recorded() is
$$Confirm the registration that a recorded payment was for, or let it be paid in full.

One that had lapsed takes its seats again if all are free; else recording is refused.$$;

create or replace trigger _200_on_payment_recorded
after insert on ops.domain_events
for each row when (new.kind = 'payment.recorded')
execute function enrollment.on_payment_recorded();
