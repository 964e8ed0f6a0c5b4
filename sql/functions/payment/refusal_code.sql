create or replace function payment.refusal_code(p_studio_id integer, p_refund_id bigint)
returns text
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    -- The first failure is only the status in words, where there is another one.
    return (
        select
            coalesce(
                (
                    select f.failure ->> 'code'
                    from jsonb_array_elements(c.failures) with ordinality as f (
                        failure, position
                    )
                    order by f.failure ->> 'code' = 'badRequest', f.position
                    limit 1
                ),
                'status_' || c.answer_status
            )
        from payment.gateway_calls as c
        where
            c.studio_id = p_studio_id
            and c.refund_id = p_refund_id
            and c.purpose in ('void_transaction', 'refund_transaction')
        order by c.id desc
        limit 1
    );
end;
$$;
alter function payment.refusal_code(integer, bigint) owner to payment;
comment on function payment.refusal_code(integer, bigint) is
$$The gateway's code for why it refused what was last sent of a refund.

Null where it did not answer.$$;
