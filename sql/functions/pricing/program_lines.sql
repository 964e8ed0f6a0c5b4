create or replace function pricing.program_lines(p_items pricing.basket_item[], p_as_of timestamptz)
returns setof pricing.line
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    return query
    select
        i.cart_id,
        i.student_id,
        'program',
        g.code,
        null::bigint,
        jsonb_build_object(
            'sections', jsonb_agg(i.section_id order by i.section_id) filter (where not i.enrolled),
            'enrolled', bool_or(i.enrolled)
        ),
        case when bool_or(i.enrolled) then 0 else p.amount_minor end,
        'pricing.program_prices',
        p.id,
        p.version
    from unnest(p_items) as i
    inner join catalog.programs as g on g.studio_id = v_studio_id and i.program_id = g.id
    inner join pricing.program_prices as p
        on
            p.studio_id = v_studio_id
            and i.term_id = p.term_id
            and i.program_id = p.program_id
            and p_as_of >= p.valid_from
            and (p.superseded_at is null or p.superseded_at > p_as_of)
    where i.price_mode = 'program'
    group by i.cart_id, i.student_id, g.code, p.id, p.amount_minor, p.version
    having not bool_and(i.enrolled)
    order by i.cart_id, i.student_id, g.code;
end;
$$;
alter function pricing.program_lines(pricing.basket_item[], timestamptz) owner to pricing;
comment on function pricing.program_lines(pricing.basket_item[], timestamptz) is
$$Stage 1b: the set price of a program, once a student and term.

However many of its classes are taken.$$;
