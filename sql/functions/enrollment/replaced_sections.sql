create or replace function enrollment.replaced_sections(p_family_id bigint, p_cart_id bigint)
returns bigint[]
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return array(
        select e.section_id
        from enrollment.waitlist_entries as w
        inner join enrollment.enrollments as e
            on
                w.studio_id = e.studio_id
                and w.family_id = e.family_id
                and w.replaces_enrollment_id = e.id
        where
            w.studio_id = auth.studio_id()
            and w.family_id = p_family_id
            and w.cart_id = p_cart_id
    );
end;
$$;
alter function enrollment.replaced_sections(bigint, bigint) owner to enrollment;
comment on function enrollment.replaced_sections(bigint, bigint) is
$$The sections of what a family gives up when it pays for what a cart waits for.

Their queues are locked before any seat is touched, as their places are passed on.$$;
