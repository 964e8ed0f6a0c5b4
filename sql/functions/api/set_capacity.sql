create or replace function api.set_capacity(
    section_id bigint, capacity integer, preview boolean default false
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family are in the section.
set "callboard.family_id" = ''
as $$
declare
    v_section catalog.sections;
    v_before enrollment.seats [];
    v_answer jsonb;
begin
    perform auth.require('staff');
    if set_capacity.capacity not between 1 and 100000 then
        perform ops.fail('capacity_invalid');
    end if;
    begin
        v_section := catalog.lock_section(set_capacity.section_id);
        perform enrollment.keep_claims_out(v_section.id);
        v_before := enrollment.seats_of(v_section.id);
        perform catalog.set_capacity(v_section.id, set_capacity.capacity);
        v_answer := jsonb_build_object(
            'section_id', v_section.id,
            'capacity_before', v_section.capacity,
            'capacity', set_capacity.capacity
        )
        || enrollment.seat_changes(v_section.id, v_before);
        perform ops.undo_preview(set_capacity.preview);
    exception
        when sqlstate 'UNDO0' then null;
    end;
    return v_answer;
end;
$$;
alter function api.set_capacity(bigint, integer, boolean) owner to enrollment;
grant execute on function api.set_capacity(bigint, integer, boolean) to staff;
comment on function api.set_capacity(bigint, integer, boolean) is
$$Let a section hold so many students at once, from 1 to 100000; null: without a limit.

Never fewer than there are. Places that are added go to those who wait, to staff or to the public,
as the setting waitlist_on_capacity says. A date that holds fewer (set_date_capacity) still does.
preview: answer what would come of it and change nothing. For staff. Answers {section_id,
capacity_before, capacity, seats: {changed, added, ended}, students, offers, places_free,
places_free_on_date}. Errors: capacity_invalid, section_not_found, capacity_below_taken (details:
taken).$$;
