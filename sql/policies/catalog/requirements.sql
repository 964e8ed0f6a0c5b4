create policy requirements_domain_all on catalog.requirements
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy requirements_anon_select on catalog.requirements
for select to anon
using (
    studio_id = (select auth.studio_id())
    and superseded_at is null
    and case
        when term_id is null then true
        when class_id is null
            then term_id in (
                select t.id
                from catalog.terms as t
                where t.studio_id = (select auth.studio_id())
            )
        else class_id in (
            select k.id
            from catalog.classes as k
            where k.studio_id = (select auth.studio_id())
        )
    end
);

create policy requirements_customer_select on catalog.requirements
for select to customer
using (
    studio_id = (select auth.studio_id())
    and superseded_at is null
    and case
        when term_id is null then true
        when class_id is null
            then term_id in (
                select t.id
                from catalog.terms as t
                where t.studio_id = (select auth.studio_id())
            )
        else class_id in (
            select k.id
            from catalog.classes as k
            where k.studio_id = (select auth.studio_id())
        )
    end
);

create policy requirements_instructor_select on catalog.requirements
for select to instructor
using (
    studio_id = (select auth.studio_id())
    and superseded_at is null
    and case
        when term_id is null then true
        when class_id is null
            then term_id in (
                select t.id
                from catalog.terms as t
                where t.studio_id = (select auth.studio_id())
            )
        else class_id in (
            select k.id
            from catalog.classes as k
            where k.studio_id = (select auth.studio_id())
        )
    end
);

create policy requirements_staff_select on catalog.requirements
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table catalog.requirements to enrollment;
grant select on table catalog.requirements to anon;
grant select on table catalog.requirements to customer;
grant select on table catalog.requirements to instructor;
