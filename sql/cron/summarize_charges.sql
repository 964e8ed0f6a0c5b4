set local role scheduler;
select
    cron.schedule(
        'summarize_charges', '*/15 * * * *', 'call ops.run_job(''payment.summarize_charges'')'
    );
set local role deploy;
