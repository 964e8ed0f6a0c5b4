create or replace function catalog.save_section_tiers(p_section_id bigint, p_rows jsonb)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_withdrawn bigint;
    v_saved bigint;
begin
    update catalog.section_tiers as t
    set is_offered = false
    where
        t.studio_id = v_studio_id
        and t.section_id = p_section_id
        and t.is_offered
        and not exists (
            select
            from jsonb_array_elements(p_rows) as r
            where r.value ->> 'code' = t.code
        );
    get diagnostics v_withdrawn = row_count;
    insert into catalog.section_tiers as t (
        studio_id, section_id, code, name, starts_at, ends_at, position
    )
    select v_studio_id, p_section_id, r.code, r.name, r.starts_at, r.ends_at, r.position
    from jsonb_to_recordset(p_rows) as r (
        code text, name text, starts_at time, ends_at time, position smallint
    )
    on conflict on constraint section_tiers_section_code_key do update
        set
            name = excluded.name,
            starts_at = excluded.starts_at,
            ends_at = excluded.ends_at,
            position = excluded.position,
            is_offered = true
        where
            (t.name, t.starts_at, t.ends_at, t.position, t.is_offered)
            is distinct from
            (excluded.name, excluded.starts_at, excluded.ends_at, excluded.position, true);
    get diagnostics v_saved = row_count;
    return v_withdrawn + v_saved > 0;
end;
$$;
alter function catalog.save_section_tiers(bigint, jsonb) owner to catalog;
grant execute on function catalog.save_section_tiers(bigint, jsonb) to pricing;
comment on function catalog.save_section_tiers(bigint, jsonb) is
$$Make the tiers that a section offers those of some checked rows; answers whether one changed.

One that is not among them is withdrawn and goes on for those enrolled. For pricing, which keeps
their prices. Raises section_has_seats where hours would change that students have seats in.$$;
