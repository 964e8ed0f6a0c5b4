create or replace function payment.trial_balance()
returns table (
    month date,
    account text,
    kind text,
    debits_minor bigint,
    credits_minor bigint,
    balance_minor bigint,
    is_closed boolean
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- The whole studio's, whichever family is in scope.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_open_from constant date := payment.open_from();
begin
    return query
    with by_month as (
        select t.month, t.account, t.debits_minor, t.credits_minor
        from payment.ledger_totals as t
        where t.studio_id = v_studio_id
        union all
        select
            payment.month_of(d.posted_on), a.code, sum(d.debits_minor), sum(d.credits_minor)
        from payment.ledger_accounts as a
        -- Account by account, as the index has them.
        cross join lateral (
            select
                e.posted_on,
                sum(greatest(e.amount_minor, 0)) as debits_minor,
                sum(greatest(- e.amount_minor, 0)) as credits_minor
            from payment.ledger_entries as e
            where
                e.account = a.code
                and e.studio_id = v_studio_id
                and e.posted_on >= v_open_from
            group by e.posted_on
        ) as d
        group by 1, 2
    ),

    bounds as (
        select min(b.month) as first, max(b.month) as last from by_month as b
    ),

    months as (
        select
            make_date(
                extract(year from b.first)::integer
                + (extract(month from b.first)::integer - 1 + n.number) / 12,
                (extract(month from b.first)::integer - 1 + n.number) % 12 + 1,
                1
            ) as month
        from bounds as b
        cross join lateral generate_series(
            0,
            (
                (extract(year from b.last) - extract(year from b.first)) * 12
                + extract(month from b.last) - extract(month from b.first)
            )::integer
        ) as n (number)
    )

    select
        m.month,
        a.code,
        a.kind,
        coalesce(b.debits_minor, 0)::bigint,
        coalesce(b.credits_minor, 0)::bigint,
        sum(coalesce(b.debits_minor, 0) - coalesce(b.credits_minor, 0)) over (
            partition by a.code order by m.month
        )::bigint,
        m.month < v_open_from
    from months as m
    cross join payment.ledger_accounts as a
    left join by_month as b on m.month = b.month and a.code = b.account
    order by m.month, a.position;
end;
$$;
alter function payment.trial_balance() owner to payment;
grant execute on function payment.trial_balance() to manager;
comment on function payment.trial_balance() is
$$Each account of the studio's ledger by month: what was posted, and what it has come to by then.

Months that are closed are read from their totals, the others from their entries. Exposed as
api.trial_balance. For managers.$$;
