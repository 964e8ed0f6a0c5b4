set local role scheduler;
select
    cron.schedule(
        'end_due_enrollments',
        '*/15 * * * *',
        'call ops.run_job(''enrollment.end_due_enrollments'')'
    );
set local role deploy;
