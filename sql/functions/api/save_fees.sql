create or replace function api.save_fees(term_id bigint, expected_version integer, rows jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_version integer := save_fees.expected_version;
    v_rows jsonb;
    v_fault record;
    v_rules jsonb;
    v_is_changed boolean;
begin
    perform auth.require('manager');
    perform pricing.open_rule_set(save_fees.term_id, 'fees', save_fees.expected_version);
    v_rows := pricing.checked_rows(
        save_fees.rows,
        '{
            "code": {"type": "code"},
            "label": {"type": "text"},
            "unit": {"type": "word", "in": ["class", "weekly_meeting", "student", "family"]},
            "amount_minor": {"type": "whole", "min": 0, "max": 99999999999},
            "charged_modes": {
                "type": "words", "in": ["standard", "program", "tiered", "drop_in"]
            },
            "division": {"type": "code", "optional": true},
            "division_of": {"type": "word", "in": ["class", "student"], "optional": true},
            "position": {"type": "whole", "min": 0, "max": 10000},
            "class": {"type": "text", "optional": true},
            "section": {"type": "text", "optional": true},
            "discountable": {"type": "boolean"},
            "once_per_term": {"type": "boolean"},
            "proration": {"type": "word", "in": ["none", "meetings", "days"]},
            "exempt_classes": {"type": "list", "default": []}
        }',
        '{code}'
    );
    select r.position::integer, p.name, p.problem into v_fault
    from jsonb_array_elements(v_rows) with ordinality as r (rule, position)
    left join catalog.divisions as d
        on d.studio_id = auth.studio_id() and r.rule ->> 'division' = d.code
    left join catalog.classes as k
        on
            k.studio_id = auth.studio_id()
            and k.term_id = save_fees.term_id
            and r.rule ->> 'class' = k.title
    left join catalog.sections as s
        on k.studio_id = s.studio_id and k.id = s.class_id and r.rule ->> 'section' = s.name
    cross join lateral (
        values
        (
            1, 'division_of', 'division and division_of go together',
            (r.rule ->> 'division' is null) <> (r.rule ->> 'division_of' is null)
        ),
        (
            2, 'division', 'there is no such division',
            r.rule ->> 'division' is not null and d.id is null
        ),
        (
            3, 'class', 'there is no such class in this term',
            r.rule ->> 'class' is not null and k.id is null
        ),
        (
            4, 'class', 'it is either for a division or for a class',
            r.rule ->> 'class' is not null and d.id is not null
        ),
        (
            5, 'section', 'the class has no such section',
            r.rule ->> 'section' is not null and s.id is null
        ),
        (
            6, 'exempt_classes', 'there is no such class in this term',
            exists (
                select
                from jsonb_array_elements(r.rule -> 'exempt_classes') as e (class)
                where
                    not exists (
                        select
                        from catalog.classes as x
                        where
                            x.studio_id = auth.studio_id()
                            and x.term_id = save_fees.term_id
                            and e.class in (to_jsonb(x.title), to_jsonb(x.id))
                    )
            )
        )
    ) as p (number, name, problem, is_wrong)
    where p.is_wrong
    order by r.position, p.number
    limit 1;
    if found then
        perform pricing.refuse_row(v_fault.position, v_fault.name, v_fault.problem);
    end if;
    select
        coalesce(
            jsonb_agg(
                r.rule - '{division,class,section,exempt_classes}'::text[]
                || jsonb_build_object(
                    'term_id', save_fees.term_id,
                    'division_id', d.id,
                    'class_id', case when s.id is null then k.id end,
                    'section_id', s.id
                )
            ),
            '[]'
        )
    into v_rules
    from jsonb_array_elements(v_rows) as r (rule)
    left join catalog.divisions as d
        on d.studio_id = auth.studio_id() and r.rule ->> 'division' = d.code
    left join catalog.classes as k
        on
            k.studio_id = auth.studio_id()
            and k.term_id = save_fees.term_id
            and r.rule ->> 'class' = k.title
    left join catalog.sections as s
        on k.studio_id = s.studio_id and k.id = s.class_id and r.rule ->> 'section' = s.name;
    v_is_changed := pricing.replace_rules(
        'fee_rules', 'term_id', array[save_fees.term_id], '{code}', v_rules
    );
    -- Exemptions are facts, kept with each quote: they come and go without versions.
    with wanted as (
        select distinct r.rule ->> 'code' as fee_code, k.id as class_id
        from jsonb_array_elements(v_rows) as r (rule)
        cross join lateral jsonb_array_elements(r.rule -> 'exempt_classes') as e (class)
        inner join catalog.classes as k
            on
                k.studio_id = auth.studio_id()
                and k.term_id = save_fees.term_id
                and e.class in (to_jsonb(k.title), to_jsonb(k.id))
    ),

    ended as (
        delete from pricing.fee_exemptions as x
        where
            x.studio_id = auth.studio_id()
            and x.term_id = save_fees.term_id
            and not exists (
                select
                from wanted as w
                where x.fee_code = w.fee_code and x.class_id = w.class_id
            )
        returning x.class_id
    ),

    added as (
        insert into pricing.fee_exemptions (studio_id, term_id, fee_code, class_id)
        select auth.studio_id(), save_fees.term_id, w.fee_code, w.class_id
        from wanted as w
        on conflict on constraint fee_exemptions_pkey do nothing
        returning fee_exemptions.class_id
    )

    select
        v_is_changed
        or exists (select from ended)
        or exists (select from added)
    into v_is_changed;
    if v_is_changed then
        v_version := pricing.close_rule_set(save_fees.term_id, 'fees');
    end if;
    select
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'code', f.code,
                    'label', f.label,
                    'unit', f.unit,
                    'amount_minor', f.amount_minor,
                    'charged_modes', f.charged_modes,
                    'division', d.code,
                    'division_of', f.division_of,
                    'position', f.position,
                    'class', k.title,
                    'section', s.name,
                    'discountable', f.discountable,
                    'once_per_term', f.once_per_term,
                    'proration', f.proration,
                    'exempt_classes', array(
                        select e.title
                        from pricing.fee_exemptions as x
                        inner join catalog.classes as e
                            on x.studio_id = e.studio_id and x.class_id = e.id
                        where
                            x.studio_id = f.studio_id
                            and x.term_id = f.term_id
                            and x.fee_code = f.code
                        order by e.title
                    )
                )
                order by f.position, f.code
            ),
            '[]'
        )
    into v_rows
    from pricing.fee_rules as f
    left join catalog.divisions as d on f.studio_id = d.studio_id and f.division_id = d.id
    left join catalog.sections as s on f.studio_id = s.studio_id and f.section_id = s.id
    left join catalog.classes as k
        on f.studio_id = k.studio_id and coalesce(f.class_id, s.class_id) = k.id
    where
        f.studio_id = auth.studio_id()
        and f.term_id = save_fees.term_id
        and f.superseded_at is null;
    return jsonb_build_object('version', v_version, 'rows', v_rows);
end;
$$;
alter function api.save_fees(bigint, integer, jsonb) owner to pricing;
grant execute on function api.save_fees(bigint, integer, jsonb) to manager;
comment on function api.save_fees(bigint, integer, jsonb) is
$$Save the fees of a term as a whole, with the classes that don't cause them.

For managers. rows: array of {code, label, unit, amount_minor, charged_modes, division,
division_of, position, class, section, discountable, once_per_term, proration, exempt_classes};
unit: what is counted (class, weekly_meeting, student, family); amount_minor: whole minor units for
one; charged_modes: price modes of the classes that cause it; division (a code) and division_of
(class, student): whose division must be that one, or neither; position: order on the bill; class:
the title of the only one that causes it, section: the name of its only section that does, null:
any; discountable: whether discounts reduce it; once_per_term: whether what was confirmed in the
term is not charged again; proration: what who starts late pays (none: all; meetings, days: what is
left of them); exempt_classes: titles or ids of classes of the term. expected_version: of the table
as it was read (rule_sets; 0 when it was never saved). What is left out ends, what differs gets its
next version, both at once. Answers {version, rows} as they are now, classes by title.
Errors: term_not_found, version_stale, rule_invalid (details: row from 1, column).$$;
