"""What each resource of the gateway consists of (the gateway's contract, sections 5 and 6).

`create` and `update` name what a request may write; `shown` is every field of an answer, in order,
with the kind it refers to where it is a reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.epg.fields import (
    Boolean,
    CardNumber,
    Choice,
    CustomFields,
    Email,
    Field,
    Integer,
    ListOf,
    Money,
    Nested,
    NotModelled,
    Pattern,
    Reference,
    Text,
    Texts,
    Timestamp,
    Url,
)

COUNTRY = Pattern("[A-Z]{3}", "a country of three letters is wanted")
LANGUAGE = Pattern(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language tag is wanted")
ADDRESS = {
    "street1": Text(),
    "street2": Text(),
    "city": Text(),
    "region": Text(),
    "postalCode": Text(32),
    "countryCode": COUNTRY,
}
CONTACT = {
    "fullName": Text(),
    "company": Text(),
    **ADDRESS,
    "primaryPhone": Text(32),
    "alternatePhone": Text(32),
    "fax": Text(32),
    "email": Email(),
}
CARD = Nested(
    {
        "holderName": Text(26, 2),
        "number": CardNumber(),
        "panToken": NotModelled(),
        "expirationMonth": Integer(1, 12),
        "expirationYear": Integer(2000, 2099),
        "securityCode": Pattern(r"\d{3,4}", "3 or 4 digits are wanted"),
        "billTo": Nested(CONTACT),
    },
    required=("number", "expirationMonth", "expirationYear"),
)
THREE_D_SECURE = Nested(
    {
        "directoryServerTransactionId": Text(),
        "transactionStatus": Choice("Y", "N", "U", "A"),
        "electronicCommerceIndicator": Text(8),
        "authenticationValue": Text(),
        "protocolVersion": Text(16),
    },
    required=("directoryServerTransactionId", "transactionStatus"),
)
SHOPPER_INTERACTION = Choice(
    "ecommerce",
    "mailOrder",
    "telephoneOrder",
    "merchantInitiated",
    "inPerson",
    default="ecommerce",
)
CREDENTIAL_ON_FILE = Choice("none", "recurring", "subscription", "unscheduled")

EVERYWHERE: dict[str, Field] = {"customReference": Text(), "customFields": CustomFields()}


@dataclass(frozen=True)
class Resource:
    """The form of one kind of resource; `kind` is its path segment."""

    kind: str
    create: Mapping[str, Field] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    update: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)
    lists: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """Every field of an answer, besides href, id, merchant and the two dates."""
        return (*self.create, *(name for name in self.read_only if name not in self.create))

    @property
    def not_writable(self) -> frozenset[str]:
        """Fields that exist but that no request may write."""
        return frozenset(
            (*self.read_only, *self.create, "href", "id", "merchant", "createdAt", "modifiedAt")
        )

    @property
    def kinds(self) -> dict[str, str]:
        """The kind each reference field points at."""
        written = {
            name: each.kind for name, each in self.create.items() if isinstance(each, Reference)
        }
        return {**written, **self.references}


SHOPPERS = Resource(
    "shoppers",
    create={
        **EVERYWHERE,
        "fullName": Text(),
        "description": Text(),
        "company": Text(),
        "primaryAddress": Nested(ADDRESS),
        "primaryPhone": Text(32),
        "alternatePhone": Text(32),
        "fax": Text(32),
        "email": Email(),
        "defaultStoredCard": Reference("stored-cards"),
    },
    required=("fullName",),
    update=(
        "customReference",
        "customFields",
        "fullName",
        "description",
        "company",
        "primaryAddress",
        "primaryPhone",
        "alternatePhone",
        "fax",
        "email",
        "defaultStoredCard",
    ),
    read_only=("deletedAt",),
)

ORDERS = Resource(
    "orders",
    create={
        **EVERYWHERE,
        "total": Money(),
        "description": Text(),
        "orderReference": Text(),
        "items": ListOf(
            Nested(
                {
                    "total": Money(),
                    "description": Text(),
                    "unitPrice": Money(),
                    "quantity": Integer(1, 999_999),
                    "type": Choice("goods", "service", "tax", "shipping", "discount", "unknown"),
                    "customReference": Text(),
                },
                required=("total", "description"),
            ),
            limit=64,
        ),
        "shipTo": Nested(CONTACT),
        "shopperEmailAddress": Email(),
        "shopperReference": Text(),
    },
    required=("total",),
    update=("customReference", "customFields"),
)

PAYMENT_SESSIONS = Resource(
    "payment-sessions",
    create={
        **EVERYWHERE,
        "order": Reference("orders"),
        "hppType": Choice(
            "fullPageRedirect",
            "lightbox",
            "hostedPaymentFields",
            "paymentLink",
            default="fullPageRedirect",
        ),
        "returnUrl": Url(),
        "cancelUrl": Url(),
        "originUrl": Url(several=True),
        "doCreateTransaction": Boolean(False),
        "doCapture": Boolean(True),
        "doThreeDSecure": Boolean(),
        "shopper": Reference("shoppers"),
        "useStoredPaymentMethod": Boolean(),
        "expiresAt": Timestamp(),
        "allowedPaymentMethods": Texts(),
        "allowedPaymentMethodOrigins": Texts(),
        "billTo": Nested(CONTACT),
        "shipTo": Nested(CONTACT),
        "shopperEmailAddress": Email(),
        "defaultLanguageTag": LANGUAGE,
        "account": NotModelled(),
        "createdBy": NotModelled(),
        "debtorAccount": NotModelled(),
        "salesTax": NotModelled(),
    },
    required=("order",),
    update=(
        "customReference",
        "customFields",
        "order",
        "returnUrl",
        "cancelUrl",
        "originUrl",
        "doCreateTransaction",
        "doCapture",
        "doThreeDSecure",
        "shopper",
        "useStoredPaymentMethod",
        "expiresAt",
        "allowedPaymentMethods",
        "allowedPaymentMethodOrigins",
        "billTo",
        "shipTo",
        "shopperEmailAddress",
        "defaultLanguageTag",
    ),
    read_only=(
        "url",
        "transaction",
        "previousTransactions",
        "hostedCard",
        "storedCard",
        "threeDSecure",
        "shopperLanguageTag",
        "forexAdvice",
        "paymentLink",
    ),
    references={
        "transaction": "transactions",
        "previousTransactions": "transactions",
        "hostedCard": "hosted-cards",
        "storedCard": "stored-cards",
        "paymentLink": "payment-links",
    },
    lists=("previousTransactions",),
)

PAYMENT_LINKS = Resource(
    "payment-links",
    create={
        **EVERYWHERE,
        "total": Money(),
        "expiresAt": Timestamp(),
        "description": Text(),
        "doCapture": Boolean(True),
        "conversionLimit": Integer(1, 999_999),
        "shopper": Reference("shoppers"),
        "returnUrl": Url(),
        "orderReference": Text(),
        "useStoredPaymentMethod": Boolean(),
        "account": NotModelled(),
    },
    required=("total", "expiresAt"),
    update=(
        "customReference",
        "customFields",
        "expiresAt",
        "description",
        "conversionLimit",
        "returnUrl",
    ),
    read_only=("url", "conversionCount", "clickCount", "cancelledAt", "status"),
)

HOSTED_CARDS = Resource(
    "hosted-cards",
    create={**EVERYWHERE, "card": CARD, "doVerify": Boolean(False)},
    required=("card",),
    read_only=("verificationResults", "expiresAt"),
)

STORED_CARDS = Resource(
    "stored-cards",
    create={
        **EVERYWHERE,
        "shopper": Reference("shoppers"),
        "card": CARD,
        "hostedCard": Reference("hosted-cards"),
        "shopperInteraction": SHOPPER_INTERACTION,
        "credentialOnFileType": Choice(
            "none", "recurring", "subscription", "unscheduled", default="unscheduled"
        ),
    },
    required=("shopper",),
    read_only=("verificationResults", "deletedAt", "paymentMethodSession", "paymentMethodLink"),
)

TRANSACTIONS = Resource(
    "transactions",
    create={
        **EVERYWHERE,
        "type": Choice("sale", "void", "refund", default="sale"),
        "total": Money(),
        "parentTransaction": Reference("transactions"),
        "card": CARD,
        "hostedCard": Reference("hosted-cards"),
        "storedCard": Reference("stored-cards"),
        "paymentSession": Reference("payment-sessions"),
        "shopperInteraction": SHOPPER_INTERACTION,
        "credentialOnFileType": CREDENTIAL_ON_FILE,
        "credentialOnFileData": Text(),
        "order": Reference("orders"),
        "orderReference": Text(),
        "invoiceNumber": Text(),
        "shopperReference": Text(),
        "description": Text(),
        "shopper": Reference("shoppers"),
        "shipTo": Nested(CONTACT),
        "shopperEmailAddress": Email(),
        "shopperIpAddress": Pattern(r"[0-9A-Fa-f:.]{3,45}", "an IP address is wanted"),
        "shopperLanguageTag": LANGUAGE,
        "shopperTimeZone": Text(64),
        "shopperStatement": Nested({"name": Text(25), "phone": Text(20), "url": Text(13)}),
        "doCapture": Boolean(True),
        "doSendReceipt": Boolean(),
        "threeDSecure": THREE_D_SECURE,
        "account": NotModelled(),
        "processorAccount": NotModelled(),
        "createdBy": NotModelled(),
        "doAutoCaptureAfter": NotModelled(),
        "salesTax": NotModelled(),
        "forexAdvice": NotModelled(),
        "surchargeAdvice": NotModelled(),
    },
    update=(
        "customReference",
        "customFields",
        "invoiceNumber",
        "doCapture",
        "doSendReceipt",
        "doAutoCaptureAfter",
        "salesTax",
        "isHeldForReview",
    ),
    read_only=(
        "state",
        "isAuthorized",
        "isHeldForReview",
        "authorizationCode",
        "authorizationExpiresAt",
        "refundableUntil",
        "totalRefunded",
        "totalRefundable",
        "processorReference",
        "issuerReference",
        "issuerResponseCode",
        "verificationResults",
        "failures",
        "batch",
        "relatedTransactions",
        "history",
        "source",
        "paymentMethod",
        "paymentLink",
        "subscription",
    ),
    references={
        "batch": "batches",
        "relatedTransactions": "transactions",
        "paymentLink": "payment-links",
    },
    lists=("relatedTransactions", "failures", "history"),
)

BATCHES = Resource("batches", read_only=("state", "credits", "debits", "net", "processorReference"))

RESOURCES = {
    each.kind: each
    for each in (
        SHOPPERS,
        ORDERS,
        PAYMENT_SESSIONS,
        PAYMENT_LINKS,
        HOSTED_CARDS,
        STORED_CARDS,
        TRANSACTIONS,
        BATCHES,
    )
}

# Fields that only an update may write, with their types.
UPDATE_ONLY: dict[str, dict[str, Field]] = {
    "payment-sessions": {"doReset": Boolean()},
    "payment-links": {"doCancel": Boolean()},
    "transactions": {"isHeldForReview": Boolean()},
}
