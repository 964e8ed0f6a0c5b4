-- A refund that had failed may be done after all, and fail again: each time the ledger follows.
-- depends: 0037.indexes-of-payments
-- squawk-ignore-file ban-drop-constraint, constraint-missing-not-valid
set local lock_timeout = '3s';
set local statement_timeout = '60s';

alter table payment.ledger_postings
drop constraint ledger_postings_source_known,
add constraint ledger_postings_source_known check (
    source in (
        'registration', 'change', 'credit', 'credit_return',
        'sale', 'application', 'refund', 'settlement', 'reversal',
        'price_reduction', 'price_restored', 'price_reduced_again', 'price_restored_again',
        'offline_refund', 'offline_payment', 'returned_payment', 'waiver'
    )
);
comment on column payment.ledger_postings.source is
'the kind of fact: registration (confirmed), change (of an enrollment), credit (granted),
credit_return; sale, application (of a sale to what it pays), refund, settlement and reversal of a
transaction; price_reduction and price_restored of a refund, the same again of one that was done
after it had failed, and offline_refund; offline_payment, returned_payment; waiver (of an
installment)';
