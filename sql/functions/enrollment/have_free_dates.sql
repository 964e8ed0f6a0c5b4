create or replace function enrollment.have_free_dates(
    p_section_id bigint, p_dates date[], p_places bigint
)
returns boolean
language plpgsql
stable
as $$
begin
    return not exists (
        select
        from unnest(p_dates) as d (held_on)
        where
            not exists (
                select
                from enrollment.places as p
                where
                    p.studio_id = auth.studio_id()
                    and p.section_id = p_section_id
                    and not p.taken @> d.held_on
                offset p_places - 1
            )
    );
end;
$$;
alter function enrollment.have_free_dates(bigint, date[], bigint) owner to enrollment;
comment on function enrollment.have_free_dates(bigint, date[], bigint) is
$$Whether a section has so many places free on each of some dates; the places of lapsed holds are
not.

A part of enrollment.cart_findings(), which pins. Without a SET clause, as it is called for each
item by date.$$;
