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
            from payment.charge_summaries as s
            where s.studio_id = v_studio_id and s.told_on = v_today
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
        coalesce(array_agg(i.id order by i.id) filter (where i.status = 'failed'), '{}'),
        coalesce(array_agg(i.id order by i.id) filter (where i.status <> 'failed'), '{}')
    into v_failed, v_cardless
    from told as i;
    if v_failed || v_cardless = '{}' then
        return 0;
    end if;
    -- Whoever tells it at the same moment fails here, and has told it by then.
    insert into payment.charge_summaries (studio_id, told_on, installment_ids)
    values (v_studio_id, v_today, v_failed || v_cardless);
    perform ops.emit(
        'charges.summarized',
        (v_failed || v_cardless)[1],
        null,
        jsonb_build_object(
            'on', v_today,
            'failed', to_jsonb(v_failed),
            'card_needed', to_jsonb(v_cardless)
        )
    );
    return cardinality(v_failed) + cardinality(v_cardless);
end;
$$;
alter function payment.charge_summary(timestamptz) owner to payment;
comment on function payment.charge_summary(timestamptz) is
$$Tell staff once a day which installments could not be charged, or need a card.

From the setting charge_summary_at on, by the studio's wall; each is told once, and nothing when
there is nothing. Answers how many were told.$$;
