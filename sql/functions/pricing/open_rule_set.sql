create or replace function pricing.open_rule_set(
    p_term_id bigint, p_kind text, p_expected_version integer
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_version integer;
begin
    if not exists (
        select from catalog.terms as t where t.studio_id = v_studio_id and t.id = p_term_id
    ) then
        perform ops.fail('term_not_found');
    end if;
    insert into pricing.rule_sets (studio_id, term_id, kind)
    values (v_studio_id, p_term_id, p_kind)
    on conflict on constraint rule_sets_pkey do nothing;
    select r.version into strict v_version
    from pricing.rule_sets as r
    where r.studio_id = v_studio_id and r.term_id = p_term_id and r.kind = p_kind
    for no key update;
    if p_expected_version is distinct from v_version then
        perform ops.fail('version_stale', jsonb_build_object('version', v_version));
    end if;
end;
$$;
alter function pricing.open_rule_set(bigint, text, integer) owner to pricing;
comment on function pricing.open_rule_set(bigint, text, integer) is
$$Begin to save a table of a term's rules: nobody else saves it until the end of the transaction.

Raises term_not_found, and version_stale when it was saved since the caller read it.$$;
