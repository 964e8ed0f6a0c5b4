create or replace function enrollment.registration_document(p_registration_id bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_family_id constant bigint := auth.require_family();
    v_document jsonb;
begin
    select
        jsonb_build_object(
            'registration_id', r.id,
            'status', r.status,
            'status_reason', r.status_reason,
            'term_id', r.term_id,
            'quote_id', r.quote_id,
            'total_minor', r.total_minor,
            'currency', studio.currency(),
            'hold_expires_at',
            case when r.status = 'pending_payment' then r.hold_expires_at end
        )
    into v_document
    from enrollment.registrations as r
    where
        r.studio_id = auth.studio_id()
        and r.family_id = v_family_id
        and r.id = p_registration_id;
    return v_document;
end;
$$;
alter function enrollment.registration_document(bigint) owner to enrollment;
comment on function enrollment.registration_document(bigint) is
$$A registration of the family in scope as callers see it.$$;
