create or replace function pricing.check_plan_template()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    if
        (
            select
                sum(t.share_bp) is distinct from 10000
                or count(*) <> count(t.share_bp) filter (where t.share_bp > 0)
                or count(*) <> count(t.due_on)
                or coalesce(bool_or(t.due_on <= t.due_before), false)
            from (
                select u.share_bp, u.due_on, lag(u.due_on) over (order by u.number) as due_before
                from unnest(new.due_dates, new.shares_bp)
                with ordinality as u (due_on, share_bp, number)
            ) as t
        )
    then
        raise check_violation using
            message = format(
                'the shares of plan %s must be more than 0 and 10000 together, on ascending dates',
                new.code
            );
    end if;
    return new;
end;
$$;
alter function pricing.check_plan_template() owner to pricing;
comment on function pricing.check_plan_template() is
$$Refuse a dated plan whose shares are not the whole, or whose dates don't ascend.$$;

create or replace trigger _100_check_plan_template
before insert or update on pricing.payment_plans
for each row when (new.kind = 'dated') execute function pricing.check_plan_template();
