create or replace function payment.post(
    p_source text,
    p_source_id bigint,
    p_family_id bigint,
    p_registration_id bigint,
    p_occurred_on date,
    p_amounts jsonb
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_posting payment.ledger_postings;
begin
    -- A statement of its own: the next one sees which months were closed before it was had.
    perform payment.lock_ledger(false);
    insert into payment.ledger_postings (
        studio_id, family_id, registration_id, source, source_id, occurred_on, posted_on,
        amount_minor, entry_count
    )
    select
        v_studio_id,
        p_family_id,
        p_registration_id,
        p_source,
        p_source_id,
        p_occurred_on,
        greatest(p_occurred_on, payment.open_from()),
        sum(greatest(a.value::bigint, 0)),
        count(*)
    from jsonb_each_text(p_amounts) as a
    where a.value::bigint <> 0
    -- What comes to nothing is nothing to post.
    having count(*) > 0
    on conflict on constraint ledger_postings_source_key do nothing
    returning * into v_posting;
    if v_posting.id is null then
        return false;
    end if;
    insert into payment.ledger_entries (
        studio_id, posting_id, number, family_id, account, posted_on, amount_minor
    )
    select
        v_posting.studio_id,
        v_posting.id,
        row_number() over (order by c.position),
        v_posting.family_id,
        a.key,
        v_posting.posted_on,
        a.value::bigint
    from jsonb_each_text(p_amounts) as a
    left join payment.ledger_accounts as c on a.key = c.code
    where a.value::bigint <> 0;
    return true;
end;
$$;
alter function payment.post(text, bigint, bigint, bigint, date, jsonb) owner to payment;
comment on function payment.post(text, bigint, bigint, bigint, date, jsonb) is
$$Post a fact to the ledger, once; true: it was posted now, false: before, or there is nothing to.

p_occurred_on: local day of the fact; in a month that is closed it counts to the first one that is
open. p_amounts: minor units by account, debits above 0 and credits below. The only writer of
postings and entries.$$;
