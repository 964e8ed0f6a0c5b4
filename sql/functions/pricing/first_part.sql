create or replace function pricing.first_part(
    p_quote_id bigint,
    out due_minor bigint,
    out part_count integer,
    out auto_pay boolean,
    out do_capture boolean
)
returns record
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- Of a few cents some parts are 0: those are none to be paid.
    select
        coalesce((array_agg(i.amount_minor order by i.number))[1], 0),
        count(i.number)::integer,
        count(i.number) > 1 and (
            p.auto_pay or bool_or(s.auto_pay) is not distinct from true
        ),
        p.do_capture
    into first_part.due_minor, first_part.part_count, first_part.auto_pay, first_part.do_capture
    from pricing.quotes as q
    inner join pricing.payment_plans as p on q.studio_id = p.studio_id and q.plan_id = p.id
    left join lateral unnest(q.parts) as i on i.amount_minor > 0
    -- As it was when it was quoted.
    left join pricing.custom_schedules as s
        on
            p.kind = 'custom'
            and q.studio_id = s.studio_id
            and q.family_id = s.family_id
            and q.cart_id = s.cart_id
            and q.priced_at >= s.valid_from
            and (s.superseded_at is null or q.priced_at < s.superseded_at)
    where q.studio_id = auth.studio_id() and q.id = p_quote_id
    group by p.auto_pay, p.do_capture;
end;
$$;
alter function pricing.first_part(bigint) owner to pricing;
grant execute on function pricing.first_part(bigint) to payment;
grant execute on function pricing.first_part(bigint) to confirmer;
comment on function pricing.first_part(bigint) is
$$What of a quote is due at once: its first part, minor units; 0: nothing is due at all.

part_count: of all parts that are not 0. auto_pay: whether the card of the first is charged for the
others. do_capture: whether at once. For payment and confirmer.$$;
