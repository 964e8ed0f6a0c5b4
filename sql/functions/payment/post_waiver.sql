create or replace function payment.post_waiver(p_installment_id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_waiver record;
begin
    select i.family_id, i.registration_id, i.waived_minor, c.changed_at into strict v_waiver
    from payment.installments as i
    inner join payment.installment_changes as c
        on
            i.studio_id = c.studio_id
            and i.family_id = c.family_id
            and i.id = c.installment_id
            and c.kind = 'waived'
    where i.studio_id = auth.studio_id() and i.id = p_installment_id;
    return payment.post(
        'waiver',
        p_installment_id,
        v_waiver.family_id,
        v_waiver.registration_id,
        studio.local_date(v_waiver.changed_at),
        jsonb_build_object(
            'waived', v_waiver.waived_minor, 'receivable', - v_waiver.waived_minor
        )
    );
end;
$$;
alter function payment.post_waiver(bigint) owner to payment;
comment on function payment.post_waiver(bigint) is
$$Post that an installment was waived: so much is earned less, and nobody owes it.$$;
