set local role scheduler;
select
    cron.schedule(
        'retry_refunds', '* * * * *', 'call ops.run_job(''payment.retry_refunds'')'
    );
set local role deploy;
