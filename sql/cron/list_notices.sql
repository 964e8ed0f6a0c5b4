set local role scheduler;
select
    cron.schedule(
        'list_notices', '*/5 * * * *', 'call ops.run_job(''payment.list_notices'')'
    );
set local role deploy;
