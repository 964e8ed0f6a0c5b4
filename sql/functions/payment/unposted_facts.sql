create or replace function payment.unposted_facts(p_since timestamptz, p_limit integer)
returns table (source text, source_id bigint)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
-- Of every family at once, for a job and for whoever closes a month.
set "callboard.family_id" = ''
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_currency constant text := studio.currency();
begin
    return query
    -- In this order: a sale comes before what it pays, and that before what goes back of it.
    select f.source, f.source_id
    from (
        select
            case t.type when 'sale' then 1 else 6 end as position,
            'transaction' as source,
            t.id as source_id
        from payment.transactions as t
        cross join lateral (
            select
                bool_or(p.source in ('sale', 'refund')) is true as is_posted,
                bool_or(p.source = 'settlement') is true as is_settled,
                bool_or(p.source = 'reversal') is true as is_reversed
            from payment.ledger_postings as p
            where
                p.studio_id = v_studio_id
                and p.source in ('sale', 'refund', 'settlement', 'reversal')
                and p.source_id = t.id
        ) as k
        where
            t.studio_id = v_studio_id
            and t.updated_at >= p_since
            and t.type in ('sale', 'refund')
            and t.currency = v_currency
            and case
                when k.is_reversed then false
                when payment.is_live(t)
                    then not k.is_posted or (t.state = 'settled' and not k.is_settled)
                else k.is_posted
            end
        union all
        select 2, 'registration', c.registration_id
        from enrollment.confirmations as c
        inner join enrollment.registrations as r
            on c.studio_id = r.studio_id and c.registration_id = r.id
        where
            c.studio_id = v_studio_id
            and c.confirmed_at >= p_since
            and not exists (
                select
                from payment.ledger_postings as p
                where
                    p.studio_id = v_studio_id
                    and p.source = 'registration'
                    and p.source_id = c.registration_id
            )
            and exists (select from pricing.line_sums(r.family_id, r.quote_id))
        union all
        select 3, 'application', c.transaction_id
        from enrollment.confirmations as c
        where
            c.studio_id = v_studio_id
            and c.confirmed_at >= p_since
            and c.transaction_id is not null
            and not exists (
                select
                from payment.ledger_postings as p
                where
                    p.studio_id = v_studio_id
                    and p.source in ('application', 'reversal')
                    and p.source_id = c.transaction_id
            )
            -- One that was taken back before anything was posted is not in the ledger at all.
            and exists (
                select
                from payment.transactions as t
                where
                    t.studio_id = v_studio_id
                    and t.id = c.transaction_id
                    and t.currency = v_currency
                    and payment.is_live(t)
            )
        union all
        select 4, 'offline', o.id
        from payment.offline_payments as o
        cross join lateral (
            select
                bool_or(p.source = 'offline_payment') is true as is_posted,
                bool_or(p.source = 'returned_payment') is true as is_returned
            from payment.ledger_postings as p
            where
                p.studio_id = v_studio_id
                and p.source in ('offline_payment', 'returned_payment')
                and p.source_id = o.id
        ) as k
        where
            o.studio_id = v_studio_id
            -- The day of a return is no instant: those are few, and all looked at.
            and (o.recorded_at >= p_since or o.status = 'returned')
            and (not k.is_posted or (o.status = 'returned' and not k.is_returned))
        union all
        select 4, 'refund', f.id
        from payment.refunds as f
        cross join lateral (
            select
                count(*) filter (where p.source <> 'offline_refund') % 2 = 1 as is_lowered,
                bool_or(p.source = 'offline_refund') is true as is_paid
            from payment.ledger_postings as p
            where
                p.studio_id = v_studio_id
                and p.source in (
                    'price_reduction', 'price_restored', 'price_reduced_again',
                    'price_restored_again', 'offline_refund'
                )
                and p.source_id = f.id
        ) as k
        where
            f.studio_id = v_studio_id
            and (f.requested_at >= p_since or f.settled_at >= p_since)
            and (
                (f.price_reduction_minor > 0 and k.is_lowered = (f.status = 'failed'))
                or (f.status = 'done' and f.kind = 'offline' and not k.is_paid)
            )
        union all
        select distinct 5, 'credit_return', u.id
        from payment.refunds as f
        inner join enrollment.registrations as r
            on
                f.studio_id = r.studio_id
                and f.family_id = r.family_id
                and f.registration_id = r.id
                and r.status = 'refunded'
        inner join pricing.credit_uses as u
            on
                r.studio_id = u.studio_id
                and r.family_id = u.family_id
                and r.id = u.registration_id
                and u.status = 'returned'
        where
            f.studio_id = v_studio_id
            and f.settled_at >= p_since
            and not exists (
                select
                from payment.ledger_postings as p
                where
                    p.studio_id = v_studio_id
                    and p.source = 'credit_return'
                    and p.source_id = u.id
            )
        union all
        select distinct 3, 'application', u.transaction_id
        from payment.installment_payments as u
        inner join payment.transactions as t
            on
                u.studio_id = t.studio_id
                and u.family_id = t.family_id
                and u.transaction_id = t.id
        where
            u.studio_id = v_studio_id
            and u.created_at >= p_since
            and not exists (
                select
                from payment.ledger_postings as p
                where
                    p.studio_id = v_studio_id
                    and p.source in ('application', 'reversal')
                    and p.source_id = u.transaction_id
            )
            -- What has confirmed a registration is among those above.
            and not exists (
                select
                from enrollment.confirmations as c
                where
                    c.studio_id = u.studio_id
                    and c.family_id = u.family_id
                    and c.transaction_id = u.transaction_id
            )
            and t.currency = v_currency
            and payment.is_live(t)
        union all
        select 4, 'waiver', c.installment_id
        from payment.installment_changes as c
        where
            c.studio_id = v_studio_id
            and c.changed_at >= p_since
            and c.kind = 'waived'
            and not exists (
                select
                from payment.ledger_postings as p
                where
                    p.studio_id = v_studio_id
                    and p.source = 'waiver'
                    and p.source_id = c.installment_id
            )
        union all
        select 4, 'change', c.id
        from enrollment.changes as c
        where
            c.studio_id = v_studio_id
            and c.changed_at >= p_since
            and (c.price_change_minor <> 0 or c.given_back_minor <> 0)
            and not exists (
                select
                from payment.ledger_postings as p
                where
                    p.studio_id = v_studio_id
                    and p.source = 'change'
                    and p.source_id = c.id
            )
        union all
        select 5, 'credit', c.id
        from pricing.credits as c
        where
            c.studio_id = v_studio_id
            and c.granted_at >= p_since
            and not exists (
                select
                from payment.ledger_postings as p
                where
                    p.studio_id = v_studio_id
                    and p.source = 'credit'
                    and p.source_id = c.id
            )
            and not exists (
                select
                from enrollment.changes as x
                where
                    x.studio_id = v_studio_id
                    and x.family_id = c.family_id
                    and x.credit_id = c.id
            )
    ) as f
    order by f.position, f.source_id
    limit p_limit;
end;
$$;
alter function payment.unposted_facts(timestamptz, integer) owner to payment;
comment on function payment.unposted_facts(timestamptz, integer) is
$$Facts of a studio since an instant that the ledger lacks, in the order in which they are posted.

None, as long as every fact posts itself; of a database of before the ledger, all there are.$$;
