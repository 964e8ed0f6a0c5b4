create or replace function catalog.set_capacity(p_section_id bigint, p_capacity integer)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_count bigint;
begin
    update catalog.sections as s
    set capacity = p_capacity
    where s.studio_id = auth.studio_id() and s.id = p_section_id;
    get diagnostics v_count = row_count;
    perform ops.require_count(v_count, 1, 'section');
end;
$$;
alter function catalog.set_capacity(bigint, integer) owner to catalog;
grant execute on function catalog.set_capacity(bigint, integer) to enrollment;
comment on function catalog.set_capacity(bigint, integer) is
$$Let a section hold so many students at once; null: any number. Its trigger tells who keeps
places.

For enrollment. Raises capacity_below_taken.$$;
