create or replace function payment.is_quiet(p_payment payment.payments)
returns boolean
language sql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
    select
        p_payment.created_at <= s.silent_since
        and not exists (
            select
            from payment.gateway_calls as c
            where
                c.studio_id = p_payment.studio_id
                and c.payment_id = p_payment.id
                and (
                    c.status in ('queued', 'claimed')
                    or c.created_at > s.silent_since
                    or c.answered_at > s.silent_since
                )
        )
    from (
        select
            clock_timestamp()
            - make_interval(mins => (studio.settings_of()).news_due_minutes) as silent_since
    ) as s
$$;
alter function payment.is_quiet(payment.payments) owner to payment;
comment on function payment.is_quiet(payment.payments) is
$$Whether nothing was asked or heard of a payment for news_due_minutes (setting).

And nothing is under way.$$;
