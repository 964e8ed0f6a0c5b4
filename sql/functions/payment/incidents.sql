create or replace function payment.incidents(p_as_of timestamptz default now())
returns table (
    incident text,
    kind text,
    since timestamptz,
    last_at timestamptz,
    listed_at timestamptz,
    failed_at timestamptz[],
    payment_id bigint,
    registration_id bigint,
    family_id bigint,
    details jsonb,
    category text,
    origin text,
    source text,
    lane text,
    severity text,
    retryable boolean,
    tries integer,
    status text,
    note text,
    noted_by bigint,
    noted_at timestamptz
)
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
begin
    return query
    select
        f.incident, f.kind, f.since, f.last_at,
        coalesce(
            (select min(u.at) from unnest(f.failed_at) as u (at) where u.at > w.last_at), f.since
        ),
        f.failed_at, f.payment_id, f.registration_id, f.family_id, f.details, f.category,
        f.origin, f.source, k.lane,
        -- Money in the wrong place is never a matter of later.
        case
            when f.kind in ('money_not_returned', 'refund_failed', 'money_lost') then 'critical'
            else k.severity
        end,
        k.retryable, f.tries, coalesce(n.act, 'new'), n.note, n.noted_by, n.noted_at
    from (
        select
            i.*,
            i.kind || ':' || i.subject as incident,
            coalesce(i.failed_at[cardinality(i.failed_at)], i.since) as last_at
        from payment.found_incidents(p_as_of) as i
    ) as f
    inner join payment.failure_categories() as k on f.category = k.category
    -- The last failure after which nobody would have mended it, though there has been another.
    cross join lateral (
        select max(s.last_at) as last_at
        from payment.incident_notes as s
        where
            s.studio_id = v_studio_id
            and s.incident = f.incident
            and s.since = f.since
            and s.act = 'wont_fix'
            and s.last_at < f.last_at
    ) as w
    -- What was noted of it this time, and after that.
    left join lateral (
        select s.act, s.note, s.noted_by, s.noted_at
        from payment.incident_notes as s
        where
            s.studio_id = v_studio_id
            and s.incident = f.incident
            and s.since = f.since
            and s.last_at > coalesce(w.last_at, '-infinity')
        order by payment.note_rank(s.act) desc, s.id desc
        limit 1
    ) as n on true
    order by f.since, f.incident;
end;
$$;
alter function payment.incidents(timestamptz) owner to payment;
grant execute on function payment.incidents(timestamptz) to staff;
comment on function payment.incidents(timestamptz) is
$$What needs a person, about money, and how far somebody has come with it. Exposed as api.incidents.

Those are among them that nobody will mend (wont_fix). status: new, acknowledged, actioned,
wont_fix: what was noted of it since it is listed; what nobody will mend is new again when it
fails once more. listed_at: since, or that failure. It is resolved when it is gone, and nobody
need say so. For staff.$$;
