create or replace function pricing.priced_section(p_section_id bigint, p_price_mode text)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_section record;
begin
    select s.term_id, s.price_mode, k.title into v_section
    from catalog.sections as s
    inner join catalog.classes as k on s.studio_id = k.studio_id and s.class_id = k.id
    where s.studio_id = auth.studio_id() and s.id = p_section_id;
    if not found then
        perform ops.fail('section_not_found');
    elsif
        v_section.price_mode <> p_price_mode
        -- Single dates of a class that is sold as a whole: a trial, a lesson made up for.
        and (v_section.price_mode, p_price_mode) <> ('standard', 'drop_in')
    then
        perform ops.fail(
            case p_price_mode when 'tiered' then 'tier_not_offered' else 'dates_not_offered' end,
            jsonb_build_object('title', v_section.title)
        );
    end if;
    return v_section.term_id;
end;
$$;
alter function pricing.priced_section(bigint, text) owner to pricing;
comment on function pricing.priced_section(bigint, text) is
$$The term of a section whose tiers or dates are about to be priced.

Raises section_not_found, and tier_not_offered or dates_not_offered where its class is not sold so.$$;
