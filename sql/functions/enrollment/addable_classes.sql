create or replace function enrollment.addable_classes(
    p_term_id bigint, p_class_id bigint, p_alternatives jsonb
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return (
        select
            jsonb_agg(
                (
                    select
                        jsonb_agg(
                            o.value
                            || jsonb_build_object(
                                'class_ids', array(
                                    select k.id
                                    from catalog.classes as k
                                    where
                                        k.studio_id = auth.studio_id()
                                        and k.term_id = p_term_id
                                        and k.id <> p_class_id
                                        and k.visibility = 'public'
                                        and k.price_mode <> 'drop_in'
                                        and k.title = coalesce(o.value ->> 'class', k.title)
                                        and k.discipline
                                        = coalesce(o.value ->> 'discipline', k.discipline)
                                        and (
                                            o.value ->> 'level' is null
                                            or k.level >= (o.value ->> 'level')::integer
                                        )
                                        and (
                                            o.value ->> 'division_id' is null
                                            or k.division_id = (o.value ->> 'division_id')::bigint
                                        )
                                    order by k.title
                                )
                            )
                            order by o.position
                        )
                    from jsonb_array_elements(a.value) with ordinality as o (value, position)
                )
                order by a.position
            )
        from jsonb_array_elements(p_alternatives) with ordinality as a (value, position)
    );
end;
$$;
alter function enrollment.addable_classes(bigint, bigint, jsonb) owner to enrollment;
comment on function enrollment.addable_classes(bigint, bigint, jsonb) is
$$The alternatives of a co-requisite, with the term's classes that would satisfy each option.$$;
