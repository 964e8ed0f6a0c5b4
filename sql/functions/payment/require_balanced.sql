create or replace function payment.require_balanced(p_posting_id bigint)
returns void
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- At the end of an act for several families, whichever of them is in scope by then.
set "callboard.family_id" = ''
as $$
declare
    v_posting payment.ledger_postings;
    v_entries record;
begin
    select p.* into strict v_posting
    from payment.ledger_postings as p
    where p.studio_id = auth.studio_id() and p.id = p_posting_id;
    select
        count(*) as number,
        coalesce(sum(e.amount_minor), 0) as balance_minor,
        coalesce(sum(greatest(e.amount_minor, 0)), 0) as debits_minor,
        -- As those of their posting, which makes them quick to add up.
        coalesce(
            bool_and(e.family_id = v_posting.family_id and e.posted_on = v_posting.posted_on), false
        ) as are_alike
    into strict v_entries
    from payment.ledger_entries as e
    where e.studio_id = v_posting.studio_id and e.posting_id = p_posting_id;
    if
        v_entries.balance_minor <> 0
        or v_entries.number <> v_posting.entry_count
        or v_entries.debits_minor <> v_posting.amount_minor
        or not v_entries.are_alike
    then
        raise check_violation using
            message = format(
                '%s entries of posting %s come to %s', v_entries.number, p_posting_id,
                v_entries.balance_minor
            ),
            constraint = 'ledger_postings_balanced';
    end if;
end;
$$;
alter function payment.require_balanced(bigint) owner to payment;
comment on function payment.require_balanced(bigint) is
$$Raise a violation unless the entries of a posting are those it says, and add up to 0.$$;
