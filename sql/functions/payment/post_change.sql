create or replace function payment.post_change(p_change_id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_change enrollment.changes;
begin
    select c.* into strict v_change
    from enrollment.changes as c
    where c.studio_id = auth.studio_id() and c.id = p_change_id;
    return payment.post(
        'change',
        p_change_id,
        v_change.family_id,
        v_change.registration_id,
        studio.local_date(v_change.changed_at),
        jsonb_build_object(
            'receivable', v_change.price_change_minor + v_change.given_back_minor,
            'revenue:change', - v_change.price_change_minor,
            'credits', - v_change.given_back_minor
        )
    );
end;
$$;
alter function payment.post_change(bigint) owner to payment;
comment on function payment.post_change(bigint) is
$$Post a change of a confirmed enrollment: what the registration costs more or less by it.

What of it had been paid and became a credit is owed to the family as such.$$;
