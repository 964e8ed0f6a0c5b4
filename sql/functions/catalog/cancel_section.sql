create or replace function catalog.cancel_section(p_section_id bigint, p_reason text)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_count bigint;
    v_meetings integer;
begin
    update catalog.sections as s
    set status = 'cancelled'
    where s.studio_id = auth.studio_id() and s.id = p_section_id and s.status <> 'cancelled';
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'section');
    update catalog.meetings as m
    set status = 'cancelled', cancelled_reason = p_reason
    where
        m.studio_id = auth.studio_id()
        and m.section_id = p_section_id
        and m.status = 'scheduled'
        and m.starts_at > now();
    get diagnostics v_meetings = row_count;
    return v_meetings;
end;
$$;
alter function catalog.cancel_section(bigint, text) owner to catalog;
grant execute on function catalog.cancel_section(bigint, text) to enrollment;
comment on function catalog.cancel_section(bigint, text) is
$$Cancel a section that is locked, with its meetings to come; answers how many these were.

The trigger on meetings tells who has seats. For enrollment.$$;
