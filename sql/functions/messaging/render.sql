create or replace function messaging.render(p_message messaging.messages)
returns table (recipient text, subject text, body text, html text)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_template messaging.templates;
    v_values jsonb;
    v_name text;
    v_value text;
    -- An instant, as the studio's wall shows it.
    v_format constant text := 'FMDay, FMMonth FMDD, FMHH12:MI AM';
begin
    select t.* into v_template
    from messaging.templates as t
    where
        t.studio_id = p_message.studio_id
        and t.code = p_message.template_code
        and t.channel = p_message.channel;
    if not found then
        select d.subject, d.body into v_template.subject, v_template.body
        from messaging.default_templates() as d
        where d.code = p_message.template_code and d.channel = p_message.channel;
        if not found then
            return;
        end if;
    end if;
    select
        case p_message.channel when 'email' then a.email else a.phone end,
        jsonb_build_object(
            'studio', s.name,
            'guardian', a.full_name,
            'family', f.name,
            'term', t.name,
            'total', studio.money_text(r.total_minor, s.currency) || ' ' || s.currency,
            'class', k.title || coalesce(' on ' || studio.dates_text(array[d.held_on]), ''),
            'student', u.first_name,
            'other_class', o.title,
            'from', to_char(d.effective_on, 'FMDay, FMMonth FMDD'),
            'amount',
            studio.money_text(coalesce(d.given_back_minor, d.amount_minor), s.currency)
            || ' ' || s.currency,
            'part', studio.money_text(d.paid_minor, s.currency) || ' ' || s.currency,
            'open', studio.money_text(i.amount_minor - i.paid_minor, s.currency) || ' '
            || s.currency,
            'due', to_char(i.due_on, 'FMDay, FMMonth FMDD'),
            'next_try', to_char(i.next_attempt_on, 'FMDay, FMMonth FMDD'),
            'due_on', to_char(r.balance_due_on, 'FMDay, FMMonth FMDD'),
            'template', d.template,
            'until', to_char(d.until at time zone s.timezone, v_format),
            'was', to_char(d.was_at at time zone s.timezone, v_format),
            'when', to_char(d.starts_at at time zone s.timezone, v_format)
        )
    into strict recipient, v_values
    from identity.accounts as a
    inner join studio.studios as s on s.id = p_message.studio_id
    -- What is to the office may be about no family.
    left join identity.families as f
        on p_message.studio_id = f.studio_id and p_message.family_id = f.id
    left join enrollment.registrations as r
        on p_message.studio_id = r.studio_id and r.id = p_message.registration_id
    cross join lateral jsonb_to_record(p_message.details) as d (
        section_id bigint, student_id bigint, held_on date, until timestamptz, was_at timestamptz,
        starts_at timestamptz, other_section_id bigint, effective_on date, given_back_minor bigint,
        amount_minor bigint, installment_id bigint, paid_minor bigint, template text
    )
    left join payment.installments as i
        on
            p_message.studio_id = i.studio_id
            and p_message.family_id = i.family_id
            and d.installment_id = i.id
    left join catalog.sections as x on p_message.studio_id = x.studio_id and d.section_id = x.id
    left join catalog.classes as k on x.studio_id = k.studio_id and x.class_id = k.id
    left join (
        select c.studio_id, c.id, n.title
        from catalog.sections as c
        inner join catalog.classes as n on c.studio_id = n.studio_id and c.class_id = n.id
    ) as o
        on p_message.studio_id = o.studio_id and d.other_section_id = o.id
    left join catalog.terms as t
        on p_message.studio_id = t.studio_id and coalesce(r.term_id, x.term_id) = t.id
    left join identity.students as u
        on
            p_message.studio_id = u.studio_id
            and p_message.family_id = u.family_id
            and d.student_id = u.id
    where a.id = p_message.account_id;
    if v_template.body like '%{receipt}%' then
        v_values := v_values || jsonb_build_object(
            'receipt', messaging.receipt_text(p_message.registration_id)
        );
    end if;
    if v_template.body like '%{charges}%' then
        v_values := v_values || jsonb_build_object(
            'charges', messaging.charges_text(
                array(
                    select c.value::bigint
                    from jsonb_array_elements_text(
                        (p_message.details -> 'failed') || (p_message.details -> 'card_needed')
                    ) as c
                )
            )
        );
    end if;
    if v_template.body like '%{incidents}%' then
        v_values := v_values || jsonb_build_object(
            'incidents', messaging.incidents_text(
                array(
                    select a.value::bigint
                    from jsonb_array_elements_text(p_message.details -> 'alert_ids') as a
                )
            )
        );
    end if;
    subject := v_template.subject;
    body := v_template.body;
    for v_name, v_value in select v.key, v.value from jsonb_each_text(v_values) as v
    loop
        subject := replace(subject, '{' || v_name || '}', coalesce(v_value, ''));
        body := replace(body, '{' || v_name || '}', coalesce(v_value, ''));
    end loop;
    if p_message.channel = 'email' then
        -- The receipt is a table of fixed width; it stays one on a phone by scrolling.
        html := '<div style="overflow-x:auto"><pre style="font-size:14px">'
        || replace(replace(replace(body, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')
        || '</pre></div>';
    end if;
    return next;
end;
$$;
alter function messaging.render(messaging.messages) owner to messaging;
comment on function messaging.render(messaging.messages) is
$$A message in words, with the address it goes to; no row when there is no template for it.

The studio's own, else one of messaging.default_templates().$$;
