begin;
set local search_path = tap, public;
select plan(5);
select is(
    payment.redact(
        '{"id": "trx1", "type": "sale", "state": "captured", "isAuthorized": true,
        "total": {"amount": "1.00", "currencyCode": "USD", "note": "x"},
        "card": {"holderName": "Ana Rivera", "number": "411111******1111", "last4": "1111",
        "scheme": "Visa", "expirationYear": 2030},
        "shopperEmailAddress": "ana@example.com", "shopperIpAddress": "203.0.113.9",
        "billTo": {"fullName": "Ana Rivera"},
        "description": "for Ana", "orderReference": "pay-1", "failures": [{"code": "declined",
        "description": "Ana has no money"}]}'
    ),
    '{"id": "trx1", "type": "sale", "state": "captured", "isAuthorized": true,
    "total": {"amount": "1.00", "currencyCode": "USD"},
    "card": {"last4": "1111", "scheme": "Visa"}, "orderReference": "pay-1",
    "failures": [{"code": "declined"}]}',
    'what money needs is kept, at every depth, and nothing else'
);
select is(
    payment.redact('[{"id": "a", "fullName": "Ana"}, {"fullName": "Eve"}]'), '[{"id": "a"}, {}]',
    'in lists too, in their order'
);
select is(payment.redact('{}'), '{}', 'nothing stays nothing');
select is(payment.redact('[]'), '[]', 'an empty list stays one');
select is(payment.redact(null), null, 'no document is none');
select * from finish();
rollback;
