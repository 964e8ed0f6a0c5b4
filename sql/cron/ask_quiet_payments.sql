set local role scheduler;
select
    cron.schedule(
        'ask_quiet_payments', '* * * * *', 'call ops.run_job(''payment.ask_quiet_payments'')'
    );
set local role deploy;
