create or replace function enrollment.refuse_ended_offers(p_cart_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_status text;
    v_offers integer;
begin
    select w.status, w.offers into v_status, v_offers
    from enrollment.waitlist_entries as w
    where
        w.studio_id = auth.studio_id()
        and w.family_id = auth.require_family()
        and w.cart_id = p_cart_id
    order by w.id
    limit 1;
    if v_status = 'expired' and v_offers > 0 then
        perform ops.fail('offer_expired');
    elsif v_status not in ('offered', 'accepted', 'registered') then
        perform ops.fail('not_offered');
    end if;
end;
$$;
alter function enrollment.refuse_ended_offers(bigint) owner to enrollment;
comment on function enrollment.refuse_ended_offers(bigint) is
$$Raise offer_expired or not_offered where the students of a cart wait and have no offer any more.

A cart that the family fills by itself is left alone; so is one whose offers were accepted.$$;
