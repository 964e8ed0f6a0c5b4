create or replace function enrollment.settle_balance(p_registration_id bigint)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_registration enrollment.registrations;
    v_count bigint;
begin
    -- Nearly always there is nothing to do, and whoever ends an enrollment has queues and seats
    -- locked, which come after registrations.
    if
        not exists (
            select
            from enrollment.registrations as r
            where
                r.studio_id = auth.studio_id()
                and r.id = p_registration_id
                and r.status = 'partial'
        )
    then
        return false;
    end if;
    v_registration := enrollment.lock_registration(p_registration_id);
    if
        v_registration.status is distinct from 'partial'
        or payment.balance_minor(v_registration.family_id, p_registration_id) > 0
    then
        return false;
    end if;
    update enrollment.registrations as r
    set status = 'confirmed'
    where r.studio_id = v_registration.studio_id and r.id = p_registration_id;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'registration');
    perform ops.emit('registration.paid', p_registration_id, v_registration.family_id);
    return true;
end;
$$;
alter function enrollment.settle_balance(bigint) owner to enrollment;
comment on function enrollment.settle_balance(bigint) is
$$Let a registration whose rest was due on a day be confirmed once nothing of it is; true: it is.$$;
