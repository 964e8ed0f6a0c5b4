set local role scheduler;
select
    cron.schedule(
        'fetch_unsettled_notices',
        '*/5 * * * *',
        'call ops.run_job(''payment.fetch_unsettled_notices'')'
    );
set local role deploy;
