create or replace function payment.follow_price(p_registration_id bigint)
returns void
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_studio_id constant integer := auth.studio_id();
    v_plan payment.payment_plans;
    v_installment payment.installments;
    -- What has to be taken off the open parts; negative: put on.
    v_less_minor bigint;
    v_part_minor bigint;
    v_is_open boolean;
begin
    select p.* into v_plan
    from payment.payment_plans as p
    where p.studio_id = v_studio_id and p.registration_id = p_registration_id
    for no key update;
    if not found then
        return;
    end if;
    select
        sum(i.amount_minor - i.paid_minor)::bigint
        - greatest(payment.balance_minor(v_plan.family_id, p_registration_id), 0)
    into strict v_less_minor
    from payment.installments as i
    where
        i.studio_id = v_studio_id
        and i.family_id = v_plan.family_id
        and i.registration_id = p_registration_id;
    if v_less_minor > 0 then
        for v_installment in
            select i.*
            from payment.installments as i
            where
                i.studio_id = v_studio_id
                and i.registration_id = p_registration_id
                and i.status not in ('paid', 'waived')
            -- What is being charged at this moment comes last of all.
            order by i.status = 'processing', i.number desc
        loop
            exit when v_less_minor = 0;
            v_part_minor := least(
                v_less_minor, v_installment.amount_minor - v_installment.paid_minor
            );
            v_less_minor := v_less_minor - v_part_minor;
            v_part_minor := v_installment.amount_minor - v_part_minor;
            update payment.installments as i
            set
                amount_minor = v_part_minor,
                status = case
                    when v_part_minor = 0 then 'waived'
                    when v_part_minor = i.paid_minor then 'paid'
                    else i.status
                end,
                paid_at = case
                    when v_part_minor > 0 and v_part_minor = i.paid_minor then now()
                end
            where i.studio_id = v_studio_id and i.id = v_installment.id;
        end loop;
    elsif v_less_minor < 0 then
        update payment.installments as i
        set amount_minor = i.amount_minor - v_less_minor
        where
            i.studio_id = v_studio_id
            and i.id = (
                select n.id
                from payment.installments as n
                where
                    n.studio_id = v_studio_id
                    and n.registration_id = p_registration_id
                    and n.status not in ('paid', 'waived', 'processing')
                order by n.status <> 'scheduled', n.number
                limit 1
            );
        if not found then
            -- Everything was paid, or is just being charged: one more part, due at once.
            insert into payment.installments (
                studio_id, family_id, registration_id, number, due_on, amount_minor
            )
            select
                v_studio_id, v_plan.family_id, p_registration_id, max(i.number) + 1,
                studio.local_date(now()), - v_less_minor
            from payment.installments as i
            where i.studio_id = v_studio_id and i.registration_id = p_registration_id;
        end if;
    end if;
    -- Of what is being charged another amount may be open now, or nothing.
    perform payment.withdraw_charge(p.id)
    from payment.payments as p
    inner join payment.installments as i
        on
            p.studio_id = i.studio_id
            and p.family_id = i.family_id
            and p.installment_id = i.id
    where
        p.studio_id = v_studio_id
        and p.family_id = v_plan.family_id
        and p.registration_id = p_registration_id
        and p.status = 'open'
        and p.amount_minor <> i.amount_minor - i.paid_minor;
    v_is_open := exists (
        select
        from payment.installments as i
        where
            i.studio_id = v_studio_id
            and i.registration_id = p_registration_id
            and i.status not in ('paid', 'waived')
    );
    if v_is_open <> (v_plan.status = 'active') then
        update payment.payment_plans as p
        set status = case when v_is_open then 'active' else 'completed' end
        where p.studio_id = v_studio_id and p.id = v_plan.id;
        if not v_is_open then
            perform ops.emit(
                'payment_plan.completed',
                v_plan.id,
                v_plan.family_id,
                jsonb_build_object('registration_id', p_registration_id)
            );
        end if;
    end if;
end;
$$;
alter function payment.follow_price(bigint) owner to payment;
comment on function payment.follow_price(bigint) is
$$Let what is open of a plan be what is still owed for its registration.

Where that costs less, the last parts are lowered first; where it costs more, the next one is raised,
or one is added. A plan ends when all its parts are paid or waived. Nothing for a registration
without a plan. The caller has locked the registration.$$;
