set local role scheduler;
select
    cron.schedule(
        'alert_incidents', '*/5 * * * *', 'call ops.run_job(''payment.alert_incidents'')'
    );
set local role deploy;
