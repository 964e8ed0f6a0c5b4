create or replace function enrollment.is_class_sold(p_class_id bigint)
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
        from catalog.sections as s
        inner join enrollment.enrollments as e
            on s.studio_id = e.studio_id and s.id = e.section_id
        where
            s.studio_id = auth.studio_id()
            and s.class_id = p_class_id
            and e.status in ('pending', 'confirmed')
    );
end;
$$;
alter function enrollment.is_class_sold(bigint) owner to enrollment;
grant execute on function enrollment.is_class_sold(bigint) to pricing;
comment on function enrollment.is_class_sold(bigint) is
$$Whether a class has live enrollments; how it is priced is then fixed. For pricing.$$;
