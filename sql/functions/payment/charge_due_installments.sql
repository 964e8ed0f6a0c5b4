create or replace function payment.charge_due_installments()
returns integer
language plpgsql
volatile
security definer
set search_path = ''
set timezone = 'UTC'
as $$
begin
    return payment.charge_installments(now());
end;
$$;
alter function payment.charge_due_installments() owner to payment;
grant execute on function payment.charge_due_installments() to scheduler;
comment on function payment.charge_due_installments() is
$$Job: charge the stored cards of installments that are due, and note those that are overdue.

Answers how much it changed.$$;
