create or replace function api.close_month(month date)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
-- Every family's postings are added up.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id integer;
    v_first date;
    v_count bigint;
begin
    perform auth.require('owner');
    v_studio_id := auth.studio_id();
    if coalesce(close_month.month not between '1970-01-01' and '9999-01-01', true) then
        perform ops.fail('month_invalid');
    elsif close_month.month <> payment.month_of(close_month.month) then
        perform ops.fail('month_invalid');
    elsif close_month.month >= payment.month_of(studio.local_date(now())) then
        perform ops.fail('month_not_over');
    end if;
    -- One closing at a time; then none who posts. Those are many and quick, and must not wait in a
    -- queue behind this, so it looks for a moment without any.
    perform pg_advisory_xact_lock(hashtextextended('closing ' || v_studio_id, 0));
    perform payment.post_missing();
    for v_try in 1..100
    loop
        exit when payment.lock_ledger(true);
        if v_try = 100 then
            perform ops.fail('ledger_busy');
        end if;
        perform pg_sleep(0.05);
    end loop;
    if close_month.month < payment.open_from() then
        perform ops.fail('month_closed', jsonb_build_object('month', close_month.month));
    elsif
        exists (
            select
            from payment.ledger_marks as m
            cross join lateral payment.unposted_facts(m.posted_until - interval '1 day', 1) as f
            where m.studio_id = v_studio_id
        )
        or not exists (
            select from payment.ledger_marks as m where m.studio_id = v_studio_id
        )
    then
        perform ops.fail('ledger_incomplete');
    end if;
    -- With all months before it that are still open.
    select
        least(
            -- Where nothing was posted yet it is the first month of all.
            greatest(
                payment.open_from(),
                coalesce(payment.month_of(min(p.posted_on)), close_month.month)
            ),
            close_month.month
        )
    into strict v_first
    from payment.ledger_postings as p
    where p.studio_id = v_studio_id;
    insert into payment.ledger_periods (studio_id, month, closed_by)
    select v_studio_id, make_date(n.number / 12, n.number % 12 + 1, 1), auth.account_id()
    from generate_series(
        extract(year from v_first)::integer * 12 + extract(month from v_first)::integer - 1,
        extract(year from close_month.month)::integer * 12
        + extract(month from close_month.month)::integer - 1
    ) as n (number);
    get diagnostics v_count = row_count;
    insert into payment.ledger_totals (studio_id, month, account, debits_minor, credits_minor)
    select
        v_studio_id,
        payment.month_of(d.posted_on),
        d.account,
        sum(d.debits_minor),
        sum(d.credits_minor)
    from (
        select
            e.account,
            e.posted_on,
            sum(greatest(e.amount_minor, 0)) as debits_minor,
            sum(greatest(- e.amount_minor, 0)) as credits_minor
        from payment.ledger_entries as e
        where
            e.studio_id = v_studio_id
            and e.posted_on >= v_first
            and e.posted_on < payment.month_of(close_month.month + 31)
        group by e.account, e.posted_on
    ) as d
    group by 2, 3;
    return jsonb_build_object(
        'month', close_month.month,
        'months_closed', v_count,
        'open_from', payment.open_from()
    );
end;
$$;
alter function api.close_month(date) owner to payment;
grant execute on function api.close_month(date) to owner;
comment on function api.close_month(date) is
$$Close a month of the ledger, with all before it: nothing is ever posted to it again.

For owners, once a month is over at the studio; it can't be opened again. month: its first day. What
happened in it and comes to be known later is posted to the first month that is open, with its own
day beside. Answers {month, months_closed, open_from}: how many months it closed, and the first day
that is open. Errors: month_invalid, month_not_over, month_closed, ledger_incomplete (there is more
to post than one act can do; the job goes on with it), ledger_busy (somebody is posting all the
time; try again).$$;
