create or replace function pricing.take_credit(p_registration_id bigint, p_quote_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_family_id constant bigint := auth.require_family();
    v_due_minor bigint;
    v_taken_minor bigint;
begin
    select - l.amount_minor into v_due_minor
    from pricing.quote_lines as l
    where
        l.studio_id = v_studio_id
        and l.family_id = v_family_id
        and l.quote_id = p_quote_id
        and l.kind = 'credit';
    if not found then
        return;
    end if;
    -- A statement of its own: the next one then sees what was spent before the lock was had.
    perform
    from pricing.credits as c
    where c.studio_id = v_studio_id and c.family_id = v_family_id
    order by c.id
    for no key update;
    -- The oldest first; the last one in part.
    with parts as (
        select
            c.id,
            c.amount_minor - s.spent_minor as left_minor,
            sum(c.amount_minor - s.spent_minor) over (order by c.id) as so_far_minor
        from pricing.credits as c
        cross join lateral (
            select coalesce(sum(u.amount_minor), 0) as spent_minor
            from pricing.credit_uses as u
            where
                u.studio_id = c.studio_id
                and u.family_id = c.family_id
                and u.credit_id = c.id
                and u.status in ('held', 'used')
        ) as s
        where c.studio_id = v_studio_id and c.family_id = v_family_id
    ),

    taken as (
        insert into pricing.credit_uses (
            studio_id, family_id, credit_id, registration_id, amount_minor
        )
        select
            v_studio_id,
            v_family_id,
            p.id,
            p_registration_id,
            least(p.left_minor, v_due_minor - (p.so_far_minor - p.left_minor))
        from parts as p
        where p.left_minor > 0 and p.so_far_minor - p.left_minor < v_due_minor
        returning amount_minor
    )

    select sum(t.amount_minor)::bigint into v_taken_minor from taken as t;
    perform ops.require_count(v_taken_minor, v_due_minor, 'minor units of credit');
end;
$$;
alter function pricing.take_credit(bigint, bigint) owner to pricing;
grant execute on function pricing.take_credit(bigint, bigint) to enrollment;
comment on function pricing.take_credit(bigint, bigint) is
$$Hold for a registration what its quote spends of the family's credits, the oldest first.

For enrollment, at checkout, under the lock of the family. Used at confirmation and returned when
the hold ends.$$;
