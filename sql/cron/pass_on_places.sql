set local role scheduler;
select
    cron.schedule(
        'pass_on_places', '*/5 * * * *', 'call ops.run_job(''enrollment.pass_on_places'')'
    );
set local role deploy;
