create or replace function payment.post_fact(p_source text, p_source_id bigint)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
set "callboard.family_id" = ''
as $$
declare
    v_transaction payment.transactions;
begin
    if p_source = 'transaction' then
        select t.* into strict v_transaction
        from payment.transactions as t
        where t.studio_id = auth.studio_id() and t.id = p_source_id;
        return payment.post_transaction(v_transaction);
    elsif p_source = 'offline' then
        return payment.post_offline(p_source_id);
    elsif p_source = 'refund' then
        return payment.post_refund(p_source_id);
    end if;
    return case p_source
        when 'registration' then payment.post_registration(p_source_id)
        when 'application' then payment.post_application(p_source_id)
        when 'change' then payment.post_change(p_source_id)
        when 'credit' then payment.post_credit(p_source_id)
        when 'credit_return' then payment.post_credit_return(p_source_id)
        when 'waiver' then payment.post_waiver(p_source_id)
    end::integer;
end;
$$;
alter function payment.post_fact(text, bigint) owner to payment;
comment on function payment.post_fact(text, bigint) is
$$Post a fact that payment.unposted_facts() has found; answers how many postings it made.$$;
