create or replace function enrollment.on_payment_authorized()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_registration_id constant bigint := (new.payload ->> 'registration_id')::bigint;
    v_transaction_id constant bigint := (new.payload ->> 'transaction_id')::bigint;
    v_is_confirmed boolean;
begin
    v_is_confirmed := enrollment.confirm_registration(v_registration_id, v_transaction_id);
    if
        not v_is_confirmed
        and exists (
            select
            from enrollment.registrations as r
            cross join lateral studio.settings_of(r.term_id) as s
            where
                r.studio_id = new.studio_id
                and r.id = v_registration_id
                and s.late_money = 'retake'
        )
    then
        v_is_confirmed := enrollment.retake_registration(v_registration_id, v_transaction_id);
    end if;
    if not v_is_confirmed then
        -- Paid, but there is nothing left to confirm: whoever holds the money must give it back.
        perform ops.emit(
            'registration.payment_declined',
            v_registration_id,
            new.family_id,
            new.payload
            || jsonb_build_object(
                'payment_id', new.subject_id,
                'registration_status', (
                    select r.status
                    from enrollment.registrations as r
                    where r.studio_id = new.studio_id and r.id = v_registration_id
                )
            )
        );
    end if;
    return null;
end;
$$;
alter function enrollment.on_payment_authorized() owner to enrollment;
comment on function enrollment.on_payment_authorized() is
$$Confirm the registration that an authorized payment was for.

One that had lapsed takes its seats again, where the setting late_money says so and all are free.$$;

create or replace trigger _200_on_payment_authorized
after insert on ops.domain_events
for each row when (new.kind = 'payment.authorized')
execute function enrollment.on_payment_authorized();
