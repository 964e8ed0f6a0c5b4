set local role scheduler;
select
    cron.schedule(
        'ask_ended_sessions', '* * * * *', 'call ops.run_job(''payment.ask_ended_sessions'')'
    );
set local role deploy;
