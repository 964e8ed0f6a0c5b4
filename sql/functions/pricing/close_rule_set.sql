create or replace function pricing.close_rule_set(p_term_id bigint, p_kind text)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_version integer;
begin
    update pricing.rule_sets as r
    set version = r.version + 1
    where r.studio_id = auth.studio_id() and r.term_id = p_term_id and r.kind = p_kind
    returning r.version into strict v_version;
    return v_version;
end;
$$;
alter function pricing.close_rule_set(bigint, text) owner to pricing;
comment on function pricing.close_rule_set(bigint, text) is
$$End a save that changed something; answers the new version of the table of rules.$$;
