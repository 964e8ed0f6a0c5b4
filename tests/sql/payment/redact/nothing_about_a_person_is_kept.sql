begin;
set local search_path = tap, public;
select plan(12);
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
select is(
    payment.redact(
        '{"customReference": "Ana Rivera, recital", "orderReference": "ana@example.com",
        "failures": [{"code": "Ana said no", "field": "card of Ana"},
        {"code": "badRequest", "field": "total.amount"}], "id": "trx1"}'
    ),
    '{"failures": [{}, {"code": "badRequest", "field": "total.amount"}], "id": "trx1"}',
    'words are none of ours, wherever they stand'
);
select is(
    payment.redact(jsonb_build_object('card', jsonb_build_object('last4', n.number))),
    '{"card": {"last4": null}}', 'no number of a card: ' || n.number
)
from unnest(array['4546341111111119', '4546 3411 1111 1119', '3413-827065-25920']) as n (number);
select is(
    payment.redact(
        '{"previousTransactions": ["https://gw.example/transactions/trx1", "to: ana@example.com"]}'
    ),
    '{"previousTransactions": ["https://gw.example/transactions/trx1", null]}',
    'no address, in lists of texts either'
);
-- A hundred levels down, in a thousand items.
select is(
    (
        select
            payment.redact(
                (
                    repeat('{"items": [', 100)
                    || '{"id": "deep", "fullName": "Ana", "card": {"number": "4111"}}'
                    || repeat(']}', 100)
                )::jsonb
            )::text !~ 'Ana|4111|fullName|number'
    ),
    true, 'at any depth'
);
select is(
    payment.redact(
        jsonb_build_object(
            'items',
            (
                select jsonb_agg(jsonb_build_object('id', 'i' || n, 'email', 'a@b.example'))
                from generate_series(1, 1000) as n
            ),
            'url', 'https://gw.example/' || repeat('x', 5000)
        )
    ),
    jsonb_build_object(
        'items', (select jsonb_agg(jsonb_build_object('id', 'i' || n)) from generate_series(1, 1000) as n),
        'url', null
    ),
    'of any size'
);
select * from finish();
rollback;
