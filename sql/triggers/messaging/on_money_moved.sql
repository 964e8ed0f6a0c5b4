create or replace function messaging.on_money_moved()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_registration_id constant bigint := case
        when new.kind like 'registration.%' then new.subject_id
        else (new.payload ->> 'registration_id')::bigint
    end;
    v_details constant jsonb := jsonb_build_object(
        'amount_minor', new.payload -> 'amount_minor'
    );
    v_key constant text := new.kind || ':' || new.subject_id;
begin
    case new.kind
        when 'refund.done'
            then
                -- Of what came too late, or twice, the family is told when it comes.
                if new.payload ->> 'cause' in ('staff', 'gateway') then
                    perform messaging.queue_message(
                        new.family_id, 'payment_refunded', v_key, v_registration_id, v_details
                    );
                end if;
                if new.payload ->> 'cause' = 'gateway' then
                    perform messaging.queue_staff_message(
                        new.family_id, 'staff_refunded_at_gateway', v_key, v_registration_id,
                        v_details
                    );
                end if;
        when 'refund.failed'
            then
                perform messaging.queue_staff_message(
                    new.family_id, 'staff_refund_failed', v_key || ':' || new.id,
                    v_registration_id, v_details
                );
        when 'registration.refunded'
            then
                perform messaging.queue_message(
                    new.family_id, 'registration_refunded', v_key, v_registration_id
                );
        when 'registration.payment_declined'
            then
                perform messaging.queue_staff_message(
                    new.family_id, 'staff_payment_returned',
                    v_key || ':' || (new.payload ->> 'payment_id'), v_registration_id, v_details
                );
        when 'registration.paid'
            then
                -- It may be due again, and be paid again.
                perform messaging.queue_message(
                    new.family_id, 'balance_paid', v_key || ':' || new.id, v_registration_id
                );
        when 'payment.check_returned'
            then
                perform messaging.queue_message(
                    new.family_id, 'check_returned', v_key, v_registration_id, v_details
                );
        when 'review.submitted'
            then
                perform messaging.queue_staff_message(
                    new.family_id, 'staff_review_submitted', v_key, v_registration_id, v_details
                );
        when 'review.rejected'
            then
                perform messaging.queue_message(
                    new.family_id,
                    case
                        when (new.payload ->> 'is_over')::boolean then 'review_ended'
                        else 'review_rejected'
                    end,
                    v_key,
                    v_registration_id
                );
    end case;
    return null;
end;
$$;
alter function messaging.on_money_moved() owner to messaging;
comment on function messaging.on_money_moved() is
$$Tell the family, or those who run the studio, what became of money.$$;

create or replace trigger _400_on_money_moved
after insert on ops.domain_events
for each row when (
    new.kind in (
        'refund.done',
        'refund.failed',
        'registration.refunded',
        'registration.payment_declined',
        'registration.paid',
        'payment.check_returned',
        'review.submitted',
        'review.rejected'
    )
)
execute function messaging.on_money_moved();
