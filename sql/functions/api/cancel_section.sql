create or replace function api.cancel_section(
    section_id bigint,
    reason text,
    as_credit boolean default true,
    preview boolean default false
)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Every family that is in the section.
set "callboard.family_id" = ''
as $$
declare
    v_reason constant text := btrim(regexp_replace(cancel_section.reason, '\s+', ' ', 'g'));
    v_studio_id integer;
    v_section catalog.sections;
    v_title text;
    v_enrollments enrollment.enrollments [];
    v_pending bigint [];
    v_leaving bigint [];
    v_waiting record;
    v_waited bigint;
    v_meetings integer;
    v_ended jsonb;
begin
    perform auth.require('staff');
    v_studio_id := auth.studio_id();
    if coalesce(length(v_reason) not between 1 and 500, true) then
        perform ops.fail('reason_required');
    end if;
    loop
        begin
            v_waited := 0::bigint;
            v_section := catalog.lock_section(cancel_section.section_id);
            v_title := enrollment.section_title(v_section.id);
            if v_section.status = 'cancelled' then
                perform ops.fail('section_cancelled', jsonb_build_object('title', v_title));
            end if;
            perform enrollment.keep_claims_out(v_section.id);
            v_enrollments := array(
                select e::enrollment.enrollments
                from enrollment.enrollments as e
                where
                    e.studio_id = v_studio_id
                    and e.section_id = v_section.id
                    and e.status = 'confirmed'
                    and e.ended_on is null
                order by e.id
            );
            -- Whoever enrolled while the locks were being taken may be confirmed, or moved, at this
            -- very moment: then all is let go of and begun anew.
            if (
                select count(*)
                from (
                    select
                    from enrollment.registrations as r
                    where
                        r.studio_id = v_studio_id
                        and r.id in (select e.registration_id from unnest(v_enrollments) as e)
                    for no key update skip locked
                ) as r
            ) < (select count(distinct e.registration_id) from unnest(v_enrollments) as e)
            then
                raise sqlstate 'AGAIN';
            end if;
            v_pending := array(
                select distinct e.family_id
                from enrollment.enrollments as e
                where
                    e.studio_id = v_studio_id
                    and e.section_id = v_section.id
                    and e.status = 'pending'
                order by e.family_id
            );
            -- Whoever leaves it later anyway, and would come until then.
            v_leaving := array(
                select distinct e.family_id
                from enrollment.enrollments as e
                where
                    e.studio_id = v_studio_id
                    and e.section_id = v_section.id
                    and e.status = 'confirmed'
                    and e.ended_on > studio.local_date(now())
                    and e.family_id <> all(v_pending)
                order by e.family_id
            );
            for v_waiting in
                select w.cart_id, count(*) as entries
                from enrollment.waitlist_entries as w
                where
                    w.studio_id = v_studio_id
                    and w.section_id = v_section.id
                    and w.status in ('waiting', 'offered')
                group by w.cart_id
                order by w.cart_id
            loop
                perform enrollment.end_offers(
                    v_waiting.cart_id, 'cancelled', 'section_cancelled', 'waitlist.expired', null
                );
                v_waited := v_waited + v_waiting.entries;
            end loop;
            v_ended := enrollment.end_enrollments(
                v_enrollments, 'cancelled', studio.local_date(now()), v_reason,
                null, coalesce(cancel_section.as_credit, true), null
            );
            v_meetings := catalog.cancel_section(v_section.id, v_reason);
            -- What is left are days that are over, of carts and of staff.
            perform enrollment.free_seats(
                array(
                    select s.id
                    from enrollment.seats as s
                    where
                        s.studio_id = v_studio_id
                        and s.section_id = v_section.id
                        and s.enrollment_id is null
                    order by s.id
                ),
                null
            );
            perform ops.emit(
                'section.cancelled',
                v_section.id,
                null,
                jsonb_build_object(
                    'section_id', v_section.id,
                    'reason', v_reason,
                    'account_id', auth.account_id(),
                    -- Those who are enrolled are told of their enrollment.
                    'family_ids', v_pending || v_leaving
                )
            );
            perform ops.undo_preview(cancel_section.preview);
            exit;
        exception
            when sqlstate 'AGAIN' then null;
            when sqlstate 'UNDO0' then exit;
        end;
    end loop;
    return (
        select
            jsonb_build_object(
                'section_id', v_section.id,
                'title', v_title,
                'meetings_cancelled', v_meetings,
                'waiting_ended', v_waited,
                'pending', cardinality(v_pending),
                'price_change_minor', coalesce(sum(d.price_change_minor), 0),
                'given_back_minor', coalesce(sum(d.given_back_minor), 0),
                'students', coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'student_id', d.student_id,
                            'student', u.first_name || ' ' || u.last_name,
                            'family_id', u.family_id,
                            'family', f.name,
                            'enrollment_id', d.enrollment_id,
                            'price_change_minor', d.price_change_minor,
                            'given_back_minor', d.given_back_minor
                        )
                        order by u.last_name, u.first_name, d.enrollment_id
                    ) filter (where d.enrollment_id is not null),
                    '[]'
                ),
                'preview', coalesce(cancel_section.preview, false)
            )
        from jsonb_to_recordset(v_ended -> 'enrollments') as d (
            enrollment_id bigint, student_id bigint, price_change_minor bigint,
            given_back_minor bigint
        )
        inner join identity.students as u on u.studio_id = v_studio_id and d.student_id = u.id
        inner join identity.families as f on u.studio_id = f.studio_id and u.family_id = f.id
    );
end;
$$;
alter function api.cancel_section(bigint, text, boolean, boolean) owner to enrollment;
grant execute on function api.cancel_section(bigint, text, boolean, boolean) to staff;
comment on function api.cancel_section(bigint, text, boolean, boolean) is
$$Cancel a section with all its meetings to come: enrollments end today, families are told.

For staff. Each enrollment ends as by cancel_enrollment, at the price that is left of the family's
term; as_credit: what was paid too much by it becomes a credit of the family, for all in one step;
else it stays to be refunded. Who waits or has an offer waits no longer; what is in a checkout can't
be paid any more, and what is being paid at this moment is given back as a credit. reason: at most
500 characters. preview: compute it all and change nothing. Answers {section_id, title,
meetings_cancelled, waiting_ended, pending (families in a checkout), price_change_minor and
given_back_minor (minor units, of all together), students: [{student_id, student, family_id, family,
enrollment_id, price_change_minor, given_back_minor}], preview}. Errors: reason_required,
section_not_found, section_cancelled, and those of a price.$$;
