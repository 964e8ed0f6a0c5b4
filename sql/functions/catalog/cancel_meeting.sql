create or replace function catalog.cancel_meeting(p_meeting_id bigint, p_reason text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_count bigint;
begin
    update catalog.meetings as m
    set status = 'cancelled', cancelled_reason = p_reason
    where m.studio_id = auth.studio_id() and m.id = p_meeting_id and m.status = 'scheduled';
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'meeting');
end;
$$;
alter function catalog.cancel_meeting(bigint, text) owner to catalog;
grant execute on function catalog.cancel_meeting(bigint, text) to enrollment;
comment on function catalog.cancel_meeting(bigint, text) is
$$Cancel a meeting that is locked, with the reason; its trigger tells who has seats.

For enrollment.$$;
