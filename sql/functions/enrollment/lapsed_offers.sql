create or replace function enrollment.lapsed_offers(p_as_of timestamptz)
returns setof enrollment.waitlist_entries
language sql
stable
as $$
    select w.*
    from enrollment.waitlist_entries as w
    where w.status = 'offered' and w.offer_expires_at <= p_as_of
$$;
alter function enrollment.lapsed_offers(timestamptz) owner to enrollment;
comment on function enrollment.lapsed_offers(timestamptz) is
$$The offers whose time is over at an instant and that nobody accepted.

A lapsed offer blocks nobody. Inlined into its callers, so it has no SET clause.$$;
