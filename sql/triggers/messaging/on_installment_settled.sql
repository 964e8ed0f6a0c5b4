create or replace function messaging.on_installment_settled()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if new.kind = 'charges.summarized' then
        perform messaging.queue_staff_message(
            null::bigint,
            'charge_summary',
            new.kind || ':' || (new.payload ->> 'on'),
            p_details => new.payload
        );
        return null;
    elsif (new.payload ->> 'auto_pay')::boolean then
        -- Its card is charged; what comes of that is told then.
        return null;
    end if;
    perform messaging.queue_message(
        new.family_id,
        replace(new.kind, '.', '_'),
        new.kind || ':' || new.subject_id
        || coalesce(':' || (new.payload ->> 'payment_id'), ':' || (new.payload ->> 'due_on'), ''),
        (new.payload ->> 'registration_id')::bigint,
        jsonb_build_object('installment_id', new.subject_id)
        || jsonb_build_object('paid_minor', new.payload -> 'amount_minor')
    );
    return null;
end;
$$;
alter function messaging.on_installment_settled() owner to messaging;
comment on function messaging.on_installment_settled() is
$$Tell a family what became of an installment, and staff once a day what needs them.$$;

create or replace trigger _400_on_installment_settled
after insert on ops.domain_events
for each row when (
    new.kind in (
        'installment.paid',
        'installment.declined',
        'installment.failed',
        'installment.card_needed',
        'installment.overdue',
        'installment.payment_returned',
        'charges.summarized'
    )
)
execute function messaging.on_installment_settled();
