set local role scheduler;
select
    cron.schedule(
        'expire_holds', '*/5 * * * *', 'call ops.run_job(''enrollment.expire_holds'')'
    );
set local role deploy;
