create or replace function api.open_cart(term_id bigint)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
    v_family_id bigint;
    v_cart_id bigint;
begin
    perform auth.require('customer', 'staff');
    v_family_id := auth.require_family();
    if not exists (
        select
        from catalog.terms as t
        where
            t.studio_id = auth.studio_id() and t.id = open_cart.term_id and t.status = 'published'
    ) then
        perform ops.fail('term_not_found');
    end if;
    insert into enrollment.carts (studio_id, family_id, term_id)
    values (auth.studio_id(), v_family_id, open_cart.term_id)
    on conflict (studio_id, family_id, term_id) where status = 'open' and kind = 'family' do nothing
    returning id into v_cart_id;
    if v_cart_id is null then
        select c.id into strict v_cart_id
        from enrollment.carts as c
        where
            c.studio_id = auth.studio_id()
            and c.family_id = v_family_id
            and c.term_id = open_cart.term_id
            and c.status = 'open'
            and c.kind = 'family';
    end if;
    return v_cart_id;
end;
$$;
alter function api.open_cart(bigint) owner to enrollment;
grant execute on function api.open_cart(bigint) to customer;
grant execute on function api.open_cart(bigint) to staff;
comment on function api.open_cart(bigint) is
$$The family's open cart of a term, made when there is none; answers its id.

For the family, and for staff with the header X-Family. Errors: term_not_found, family_required.$$;
