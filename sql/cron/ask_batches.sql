set local role scheduler;
select
    cron.schedule(
        'ask_batches', '25 * * * *', 'call ops.run_job(''payment.ask_batches'')'
    );
set local role deploy;
