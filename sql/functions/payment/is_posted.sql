create or replace function payment.is_posted(p_source text, p_source_id bigint)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return exists (
        select
        from payment.ledger_postings as p
        where
            p.studio_id = auth.studio_id()
            and p.source = p_source
            and p.source_id = p_source_id
    );
end;
$$;
alter function payment.is_posted(text, bigint) owner to payment;
comment on function payment.is_posted(text, bigint) is
$$Whether a fact is in the ledger.$$;
