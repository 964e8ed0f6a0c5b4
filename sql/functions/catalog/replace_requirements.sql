create or replace function catalog.replace_requirements(
    p_term_id bigint, p_documents jsonb, p_version integer
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_at timestamptz;
    v_new record;
    v_id bigint;
    v_is_changed boolean;
    v_live bigint;
begin
    -- After all that is there, whatever the clock says.
    select greatest(clock_timestamp(), max(r.set_at) + interval '1 us', max(r.superseded_at))
    into v_at
    from catalog.requirements as r
    where r.studio_id = v_studio_id and r.term_id is not distinct from p_term_id;
    update catalog.requirements as r
    set superseded_at = v_at
    from catalog.requirement_documents(p_term_id) as d
    where
        r.studio_id = v_studio_id
        and r.id = d.requirement_id
        and d.document not in (select w.value from jsonb_array_elements(p_documents) as w);
    v_is_changed := found;
    for v_new in
        select w.value as document
        from jsonb_array_elements(p_documents) with ordinality as w (value, position)
        where
            w.value not in (
                select d.document from catalog.requirement_documents(p_term_id) as d
            )
        order by w.position
    loop
        insert into catalog.requirements (
            studio_id, term_id, class_id, code, kind, enforcement, is_waivable, valid_from,
            valid_until, lowest_age_months, highest_age_months, cutoff_month, cutoff_day,
            cutoff_year, lowest_grade, highest_grade, gender, division_id, counts_itself,
            set_version, set_by, set_at
        )
        select
            n.studio_id, n.term_id, n.class_id, n.code, n.kind, n.enforcement, n.is_waivable,
            n.valid_from, n.valid_until, n.lowest_age_months, n.highest_age_months,
            n.cutoff_month, n.cutoff_day, n.cutoff_year, n.lowest_grade, n.highest_grade,
            n.gender, n.division_id, n.counts_itself, p_version, auth.account_id(), v_at
        from catalog.requirement_of(p_term_id, v_new.document, 0) as n
        returning id into strict v_id;
        insert into catalog.requirement_options (
            studio_id, requirement_id, alternative, class_title, discipline, level, division_id,
            class_count
        )
        select
            o.studio_id, v_id, o.alternative, o.class_title, o.discipline, o.level,
            o.division_id, o.class_count
        from catalog.options_of(v_new.document, v_id) as o;
        v_is_changed := true;
    end loop;
    select count(*) into v_live
    from catalog.requirements as r
    where
        r.studio_id = v_studio_id
        and r.term_id is not distinct from p_term_id
        and r.superseded_at is null;
    perform ops.require_count(v_live, jsonb_array_length(p_documents), 'requirements');
    return v_is_changed;
end;
$$;
alter function catalog.replace_requirements(bigint, jsonb, integer) owner to catalog;
comment on function catalog.replace_requirements(bigint, jsonb, integer) is
$$Make the live requirements of a term, or of the studio (null), those given, all at one instant.

What is the same stays, what is left out or differs is superseded, what is new is added with
p_version. Answers whether anything changed. p_documents: as requirement_rows() answers them.$$;
