create or replace function api.refund_payment(
    registration_id bigint default null,
    payment_id bigint default null,
    transaction_id bigint default null,
    offline_payment_id bigint default null,
    amount_minor bigint default null,
    lines jsonb default null,
    reason text default null,
    preview boolean default false
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_reason constant text := btrim(regexp_replace(refund_payment.reason, '\s+', ' ', 'g'));
    v_studio_id integer;
    v_registration record;
    v_shortest integer;
    v_document jsonb;
begin
    perform auth.require('staff');
    v_studio_id := auth.studio_id();
    if
        num_nonnulls(
            refund_payment.registration_id, refund_payment.payment_id,
            refund_payment.transaction_id, refund_payment.offline_payment_id
        ) <> 1
    then
        perform ops.fail('refund_target_required');
    end if;
    select r.id, r.family_id, r.term_id into v_registration
    from enrollment.registrations as r
    where
        r.studio_id = v_studio_id
        and r.id = case
            when refund_payment.registration_id is not null
                then refund_payment.registration_id
            when refund_payment.offline_payment_id is not null
                then (
                    select o.registration_id
                    from payment.offline_payments as o
                    where
                        o.studio_id = v_studio_id and o.id = refund_payment.offline_payment_id
                )
            else (
                select p.registration_id
                from payment.payments as p
                where
                    p.studio_id = v_studio_id
                    and p.id = coalesce(
                        refund_payment.payment_id,
                        (
                            select t.payment_id
                            from payment.transactions as t
                            where
                                t.studio_id = v_studio_id
                                and t.id = refund_payment.transaction_id
                        )
                    )
            )
        end;
    if not found then
        perform ops.fail(
            case
                when refund_payment.registration_id is null then 'payment_not_found'
                else 'registration_not_found'
            end
        );
    end if;
    v_shortest := (studio.settings_of(v_registration.term_id)).refund_reason_length;
    if coalesce(length(v_reason) not between v_shortest and 500, true) then
        perform ops.fail(
            'refund_reason_required', jsonb_build_object('min_length', v_shortest)
        );
    end if;
    perform enrollment.lock_family(v_registration.family_id);
    begin
        v_document := payment.refund_registration(
            v_registration.id,
            refund_payment.payment_id,
            refund_payment.transaction_id,
            refund_payment.offline_payment_id,
            refund_payment.amount_minor,
            refund_payment.lines,
            v_reason
        );
        -- A statement of its own: it sees what the refund has ended.
        v_document := v_document || jsonb_build_object(
            'registration_status', (
                select r.status
                from enrollment.registrations as r
                where r.studio_id = v_studio_id and r.id = v_registration.id
            )
        );
        perform ops.undo_preview(refund_payment.preview);
    exception
        when sqlstate 'UNDO0' then
            -- They are there only once they are meant.
            v_document := v_document || jsonb_build_object(
                'refunds', (
                    select jsonb_agg(f.refund || '{"refund_id": null}')
                    from jsonb_array_elements(v_document -> 'refunds') as f (refund)
                )
            );
    end;
    return v_document
        || jsonb_build_object('preview', coalesce(refund_payment.preview, false));
end;
$$;
alter function api.refund_payment(
    bigint, bigint, bigint, bigint, bigint, jsonb, text, boolean
) owner to payment;
grant execute on function api.refund_payment(
    bigint, bigint, bigint, bigint, bigint, jsonb, text, boolean
) to staff;
comment on function api.refund_payment(
    bigint, bigint, bigint, bigint, bigint, jsonb, text, boolean
) is
$$Give money back: all that is left of a registration, of one payment of it, or a part.

For staff, within the setting refund_days of the confirmation. One of registration_id, payment_id,
transaction_id (a sale), offline_payment_id. amount_minor: minor units; left out: all that is with
us, or what lines say. lines: an array of {line_number (of the quote), amount_minor} or
{enrollment_id, amount_minor}, amount_minor left out: what is left of the line, or of the lines of
the enrollment's own; together the amount. reason: at least as long as the setting
refund_reason_length, at most 500 characters; the family reads it. By card: all of a sale that is
not settled yet is voided, else it is refunded; a part of one that is not settled waits, pending,
until it is. Each is done or failed when the gateway has said so. Without a card: staff hand it
back. Nobody owes what was refunded: the registration costs so much less, but for what had been
paid too much. A part keeps what is enrolled; once all that was paid is back, by however many
parts, enrollments end and their places go where the setting waitlist_on_refund says. preview: say
what would become of it and change nothing. The family is told. Answers {registration_id,
registration_status, amount_minor, price_reduction_minor, left_minor, refunds: [{refund_id (null in
a preview), transaction_id, offline_payment_id, kind (void, refund, offline), status (pending, done,
failed), waits_for_settlement, amount_minor}], preview}. Errors: refund_target_required,
refund_reason_required, registration_not_found, payment_not_found, refund_window_closed,
refund_lines_invalid, nothing_to_refund, refund_exceeds_paid (details: left_minor).$$;
