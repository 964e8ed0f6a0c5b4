create or replace function enrollment.lapsed_registrations(p_as_of timestamptz)
returns setof enrollment.registrations
language sql
stable
as $$
    select r.*
    from enrollment.registrations as r
    where
        r.status = 'pending_payment'
        and r.hold_expires_at <= p_as_of
        -- Money may still be under way: while a payment is open or authorized the hold stands,
        -- unless the gateway was asked what became of it and has not answered in time.
        and not exists (
            select
            from payment.payments as p
            where
                p.studio_id = r.studio_id
                and p.family_id = r.family_id
                and p.registration_id = r.id
                and (
                    p.status = 'authorized'
                    or (
                        p.status = 'open'
                        and (p.final_answer_due_at is null or p.final_answer_due_at > p_as_of)
                    )
                )
        )
$$;
alter function enrollment.lapsed_registrations(timestamptz) owner to enrollment;
grant execute on function enrollment.lapsed_registrations(timestamptz) to pricing;
grant execute on function enrollment.lapsed_registrations(timestamptz) to payment;
comment on function enrollment.lapsed_registrations(timestamptz) is
$$The one predicate "lapsed": registrations whose hold is over at an instant and that nothing keeps.

A lapsed hold blocks nobody. For enrollment, pricing and payment. Inlined into its callers, so it has no
SET clause.$$;
