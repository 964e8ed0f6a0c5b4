set local role scheduler;
select
    cron.schedule(
        'charge_due_installments',
        '*/10 * * * *',
        'call ops.run_job(''payment.charge_due_installments'')'
    );
set local role deploy;
