create policy section_spans_domain_all on catalog.section_spans
for all to domain
using (
    studio_id = (select auth.studio_id())
)
with check (
    studio_id = (select auth.studio_id())
);

grant select on table catalog.section_spans to enrollment;
