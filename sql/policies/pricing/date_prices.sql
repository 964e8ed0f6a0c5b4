create policy date_prices_domain_all on pricing.date_prices
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

create policy date_prices_anon_select on pricing.date_prices
for select to anon
using (
    studio_id = (select auth.studio_id())
    and superseded_at is null
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy date_prices_customer_select on pricing.date_prices
for select to customer
using (
    studio_id = (select auth.studio_id())
    and superseded_at is null
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy date_prices_instructor_select on pricing.date_prices
for select to instructor
using (
    studio_id = (select auth.studio_id())
    and superseded_at is null
    and section_id in (
        select s.id
        from catalog.sections as s
        where s.studio_id = (select auth.studio_id())
    )
);

create policy date_prices_staff_select on pricing.date_prices
for select to staff
using (
    studio_id = (select auth.studio_id())
);

grant select on table pricing.date_prices to anon;
grant select on table pricing.date_prices to customer;
grant select on table pricing.date_prices to instructor;
