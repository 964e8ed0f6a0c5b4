create or replace function enrollment.is_overridable(p_finding jsonb)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return case
        when p_finding ->> 'requirement_id' is not null
            then (
                select r.is_waivable
                from catalog.requirements as r
                where
                    r.studio_id = auth.studio_id()
                    and r.id = (p_finding ->> 'requirement_id')::bigint
            )
        when p_finding ->> 'code' = 'waitlist_only' then true
        -- The days of registration are; whether there is a term to register for is not.
        when p_finding ->> 'code' = 'term_not_open'
            then exists (
                select
                from catalog.sections as s
                inner join catalog.terms as t on s.studio_id = t.studio_id and s.term_id = t.id
                where
                    s.studio_id = auth.studio_id()
                    and s.id = (p_finding ->> 'section_id')::bigint
                    and t.status = 'published'
            )
        else false
    end;
end;
$$;
alter function enrollment.is_overridable(jsonb) owner to enrollment;
comment on function enrollment.is_overridable(jsonb) is
$$Whether staff may let a registration pass in spite of a finding.

Of a rule as it says itself (is_waivable); the days of registration and the queue may be passed
over. Nothing else: a clash needs a waiver, which says of which two classes; what has no place, no
meeting or no such date can't be given by anybody.$$;
