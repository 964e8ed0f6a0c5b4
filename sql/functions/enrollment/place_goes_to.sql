create or replace function enrollment.place_goes_to(
    p_section_id bigint, p_held_on date, p_cause text, p_as_of timestamptz
)
returns text
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_term record;
    v_settings studio.settings;
    v_last_offer_at timestamptz;
begin
    select t.id, t.registration_closes_at into strict v_term
    from catalog.sections as s
    inner join catalog.terms as t on s.studio_id = t.studio_id and s.term_id = t.id
    where s.studio_id = auth.studio_id() and s.id = p_section_id;
    v_settings := studio.settings_of(v_term.id);
    v_last_offer_at := v_term.registration_closes_at;
    if p_held_on is not null then
        select least(v_last_offer_at, min(m.starts_at)) into v_last_offer_at
        from catalog.meetings as m
        where
            m.studio_id = auth.studio_id()
            and m.section_id = p_section_id
            and m.held_on = p_held_on
            and m.status = 'scheduled';
    end if;
    if
        p_cause <> 'asked'
        and p_as_of >= v_last_offer_at - make_interval(hours => v_settings.offer_stop_hours)
    then
        return 'manual';
    end if;
    return case p_cause
        when 'lapse' then v_settings.waitlist_on_lapse
        when 'cancel' then v_settings.waitlist_on_cancel
        when 'refund' then v_settings.waitlist_on_refund
        when 'capacity' then v_settings.waitlist_on_capacity
        else 'automatic'
    end;
end;
$$;
alter function enrollment.place_goes_to(bigint, date, text, timestamptz) owner to enrollment;
comment on function enrollment.place_goes_to(bigint, date, text, timestamptz) is
$$Who gets a place that came free by a cause (lapse, cancel, refund, capacity): automatic, manual or
reserve, as the settings waitlist_on_… say.

Too close to the end of registration, or to the date that is waited for, no offer is made: manual.$$;
