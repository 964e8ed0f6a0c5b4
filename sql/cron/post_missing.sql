set local role scheduler;
select
    cron.schedule(
        'post_missing', '*/10 * * * *', 'call ops.run_job(''payment.post_missing'')'
    );
set local role deploy;
