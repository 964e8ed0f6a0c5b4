create or replace function api.decline_offer(waitlist_entry_id bigint)
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
    v_entry := enrollment.lock_entries(decline_offer.waitlist_entry_id);
    if v_entry.status <> 'offered' then
        perform ops.fail('not_offered');
    end if;
    perform enrollment.lock_queues(array[v_entry.section_id]);
    perform enrollment.end_offers(v_entry.cart_id, 'declined', 'declined', 'waitlist.declined');
end;
$$;
alter function api.decline_offer(bigint) owner to enrollment;
grant execute on function api.decline_offer(bigint) to customer;
grant execute on function api.decline_offer(bigint) to staff;
comment on function api.decline_offer(bigint) is
$$Let an offered seat go, for all students who wanted in together; it goes to the next.

For the family, and for staff with the header X-Family. Errors: waitlist_entry_not_found,
not_offered, family_required.$$;
