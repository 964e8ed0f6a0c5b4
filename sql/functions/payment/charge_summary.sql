create or replace function payment.charge_summary(p_as_of timestamptz)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_today constant date := studio.local_date(p_as_of);
    v_failed bigint [];
    v_cardless bigint [];
begin
    if
        studio.local_time(p_as_of) < (studio.settings_of()).charge_summary_at
        or exists (
            select
            from ops.domain_events as e
            where
                e.studio_id = v_studio_id
                and e.kind = 'charges.summarized'
                and e.occurred_at >= studio.start_of_day(v_today)
        )
    then
        return 0;
    end if;
    with told as (
        update payment.installments as i
        set reported_on = v_today
        where
            i.studio_id = v_studio_id
            and i.reported_on is null
            and (
                i.status = 'failed'
                or (i.status in ('scheduled', 'overdue') and i.last_error = 'card_needed')
            )
        returning i.*
    )

    select
        array_agg(i.id order by i.id) filter (where i.status = 'failed'),
        array_agg(i.id order by i.id) filter (where i.status <> 'failed')
    into v_failed, v_cardless
    from told as i;
    if v_failed is null and v_cardless is null then
        return 0;
    end if;
    perform ops.emit(
        'charges.summarized',
        coalesce(v_failed[1], v_cardless[1]),
        null,
        jsonb_build_object(
            'on', v_today,
            'failed', to_jsonb(coalesce(v_failed, '{}')),
            'card_needed', to_jsonb(coalesce(v_cardless, '{}'))
        )
    );
    return coalesce(cardinality(v_failed), 0) + coalesce(cardinality(v_cardless), 0);
end;
$$;
alter function payment.charge_summary(timestamptz) owner to payment;
comment on function payment.charge_summary(timestamptz) is
$$Tell staff once a day which installments could not be charged, or need a card.

From the setting charge_summary_at on, by the studio's wall; each is told once, and nothing when
there is nothing. Answers how many were told.$$;
