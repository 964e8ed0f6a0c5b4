create or replace function pricing.credit_left(
    p_family_id bigint, p_term_id bigint, p_as_of timestamptz
)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_left_minor bigint;
begin
    select coalesce(sum(c.amount_minor), 0)::bigint into v_left_minor
    from pricing.credits as c
    where c.studio_id = v_studio_id and c.family_id = p_family_id;
    select v_left_minor - coalesce(sum(u.amount_minor), 0)::bigint into v_left_minor
    from pricing.credit_uses as u
    where
        u.studio_id = v_studio_id
        and u.family_id = p_family_id
        and (
            u.status = 'used'
            or (
                u.status = 'held'
                -- What the term's own checkout holds, or one that has lapsed, is given back before
                -- the next one takes it.
                and u.registration_id not in (
                    select r.id
                    from enrollment.registrations as r
                    where
                        r.studio_id = v_studio_id
                        and r.family_id = p_family_id
                        and r.term_id = p_term_id
                    union all
                    select r.id
                    from enrollment.lapsed_registrations(p_as_of) as r
                    where r.studio_id = v_studio_id and r.family_id = p_family_id
                )
            )
        );
    return v_left_minor;
end;
$$;
alter function pricing.credit_left(bigint, bigint, timestamptz) owner to pricing;
comment on function pricing.credit_left(bigint, bigint, timestamptz) is
$$What a checkout of a term could spend of a family's credits, in minor units.

What a checkout of another term holds is not left.$$;
