create or replace function messaging.charges_text(p_installment_ids bigint[])
returns text
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
    v_currency constant text := studio.currency();
begin
    return (
        select
            string_agg(
                messaging.receipt_row(
                    format(
                        '%s, due %s (%s)',
                        f.name,
                        studio.dates_text(array[i.due_on]),
                        replace(coalesce(i.last_error, i.status), '_', ' ')
                    ),
                    i.amount_minor - i.paid_minor,
                    v_currency
                ),
                E'\n' order by i.due_on, f.name, i.id
            )
        from payment.installments as i
        inner join identity.families as f on i.studio_id = f.studio_id and i.family_id = f.id
        where i.studio_id = auth.studio_id() and i.id = any(p_installment_ids)
    );
end;
$$;
alter function messaging.charges_text(bigint[]) owner to messaging;
comment on function messaging.charges_text(bigint[]) is
$$Installments as staff read them in a message: family, day, why, and how much is open.

Made from the books when it is sent.$$;
