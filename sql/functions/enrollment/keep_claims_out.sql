create or replace function enrollment.keep_claims_out(p_section_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Seats of every family are in the section.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    -- What its students have let lapse elsewhere is no clash any more, either.
    perform enrollment.release_lapsed(
        p_section_ids => p_section_id || array(
            select distinct l.section_id
            from enrollment.lapsed_seats(now()) as l
            inner join enrollment.seats as s on s.studio_id = v_studio_id and l.id = s.id
            where
                l.section_id <> p_section_id
                and exists (
                    select
                    from enrollment.seats as x
                    where
                        x.studio_id = s.studio_id
                        and x.family_id = s.family_id
                        and (x.student_id, x.section_id)
                        is not distinct from (s.student_id, p_section_id)
                )
        ),
        p_wait => true,
        p_keeps_claims_out => true
    );
end;
$$;
alter function enrollment.keep_claims_out(bigint) owner to enrollment;
comment on function enrollment.keep_claims_out(bigint) is
$$Let nobody claim or give back a seat until the end of the transaction; what lapsed is released.

For whoever changes a section's capacity or times: a claim under way, which has read the old ones,
is waited for. Registrations, carts and entries of the section are locked in the order of all acts;
the row of the section itself comes before them.$$;
