create or replace function api.leave_waitlist(waitlist_entry_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_entry enrollment.waitlist_entries;
begin
    perform auth.require('customer', 'staff');
    v_entry := enrollment.lock_entries(leave_waitlist.waitlist_entry_id);
    if v_entry.status not in ('waiting', 'offered') then
        perform ops.fail('not_waiting');
    end if;
    perform enrollment.lock_queues(array[v_entry.section_id]);
    perform enrollment.end_offers(v_entry.cart_id, 'cancelled', 'left', 'waitlist.left');
end;
$$;
alter function api.leave_waitlist(bigint) owner to enrollment;
grant execute on function api.leave_waitlist(bigint) to customer;
grant execute on function api.leave_waitlist(bigint) to staff;
comment on function api.leave_waitlist(bigint) is
$$Wait no longer, for all students who wanted in together; an offered seat goes to the next.

For the family, and for staff with the header X-Family. Errors: waitlist_entry_not_found,
not_waiting, family_required.$$;
