create or replace function enrollment.is_sold(p_term_id bigint)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- The whole studio's, also when staff act for one family.
set "callboard.family_id" = ''
as $$
begin
    return exists (
        select
        from enrollment.registrations as r
        where
            r.studio_id = auth.studio_id()
            and r.term_id = p_term_id
            and r.status in ('pending_payment', 'confirmed', 'partial')
    );
end;
$$;
alter function enrollment.is_sold(bigint) owner to enrollment;
grant execute on function enrollment.is_sold(bigint) to pricing;
comment on function enrollment.is_sold(bigint) is
$$Whether a term has live registrations; its plans and discounts are then fixed. For pricing.$$;
