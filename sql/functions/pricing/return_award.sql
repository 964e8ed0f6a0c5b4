create or replace function pricing.return_award(p_family_id bigint, p_term_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    update pricing.family_awards as w
    set status = 'returned'
    where
        w.studio_id = auth.studio_id()
        and w.family_id = p_family_id
        and w.term_id = p_term_id
        and w.status = 'used';
end;
$$;
alter function pricing.return_award(bigint, bigint) owner to pricing;
grant execute on function pricing.return_award(bigint, bigint) to enrollment;
comment on function pricing.return_award(bigint, bigint) is
$$Let a family have its discount of a term again, once what it has left no longer gives it.

For enrollment, after a change of what was confirmed.$$;
