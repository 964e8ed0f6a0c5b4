create view api.waivers
with (security_invoker = true) as
select
    w.id,
    w.family_id,
    w.student_id,
    w.kind,
    w.class_id,
    array(
        select s.section_id
        from enrollment.waiver_sections as s
        where s.studio_id = w.studio_id and s.waiver_id = w.id
        order by s.section_id
    ) as section_ids,
    w.reason,
    w.granted_by,
    w.granted_at,
    w.expires_at,
    w.withdrawn_at,
    w.withdrawal_reason
from enrollment.waivers as w;
alter view api.waivers owner to api;
grant select on api.waivers to customer;
grant select on api.waivers to staff;
comment on view api.waivers is
$$Rules that staff have lifted for a student, now and before.

kind: of the rule, for the class class_id, or for its section in section_ids alone;
schedule_conflict: for the two sections of section_ids. It counts until expires_at unless it was
withdrawn before. For the family and for staff; granted with grant_waiver.$$;
