"""The gateway's memory and its habits: making, finding, showing and ageing resources.

Follows the gateway's contract, sections 3 (conventions), 7.2 (states) and 9.1 (notifications).
The rules of each kind of resource are in the modules beside this one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sandbox.config import Config, Merchant
from sandbox.epg.errors import Failure, GatewayError, binding, invalid, refuse_if
from sandbox.epg.fields import Field, bind_fields, check_fields, check_required
from sandbox.epg.resources import EVERYWHERE, RESOURCES, UPDATE_ONLY
from sandbox.faults import Faults
from sandbox.store import Store, instant, new_id, timestamp

# Host of the hrefs in answers. It can't be resolved, so a client that follows an href fails.
FOREIGN_BASE = "https://gw.sandbox.invalid"

RESOURCE_TYPES = {
    "transaction": "transactions",
    "paymentSession": "payment-sessions",
    "paymentLink": "payment-links",
}

REFUNDABLE_FOR = timedelta(days=180)

Body = dict[str, Any]


class _Pairs(list):
    """The members of a JSON object, in order and with repetitions."""


def _plain(value: Any, path: str, failures: list[Failure]) -> Any:
    if isinstance(value, _Pairs):
        plain: Body = {}
        for name, each in value:
            at = f"{path}.{name}" if path else name
            if name in plain:
                failures.append(binding("this field is given twice", at))
            plain[name] = _plain(each, at, failures)
        return plain
    if isinstance(value, list):
        return [_plain(each, f"{path}[{n}]", failures) for n, each in enumerate(value)]
    return value


def read_json(raw: bytes) -> Body:
    """Read the body of a request; a GatewayError says what keeps it from being an object."""
    if not raw.strip():
        raise GatewayError(400, binding("a body is wanted"))
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_Pairs)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise GatewayError(400, binding("not well-formed JSON")) from error
    failures: list[Failure] = []
    plain = _plain(value, "", failures)
    if not isinstance(plain, dict):
        raise GatewayError(400, binding("a JSON object is wanted"))
    refuse_if(failures)
    return plain


def without_nulls(value: Any) -> Any:
    """Return a JSON value with every null member left out."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    return value


class Gateway:
    """The gateway's resources. Use it inside `operation()`, which fixes the time of an act.

    `catch_up` is called when an act begins, for what time has brought about before it.
    """

    def __init__(
        self,
        config: Config,
        store: Store,
        faults: Faults,
        catch_up: Callable[[Gateway], None],
    ) -> None:
        self._catch_up = catch_up
        self.config = config
        self.store = store
        self.faults = faults
        self.merchants = {merchant.alias: merchant for merchant in config.merchants}
        self._now: datetime | None = None

    @contextmanager
    def operation(self) -> Iterator[None]:
        """Do one act alone, at one instant, all or nothing; first let time take its course."""
        with self.store.transaction():
            outer, self._now = self._now, self._now or self.store.now()
            try:
                if outer is None:
                    self._catch_up(self)
                yield
            finally:
                self._now = outer

    @property
    def now(self) -> datetime:
        """The instant of the present act."""
        if self._now is None:
            raise RuntimeError("no operation is under way")
        return self._now

    # Reading requests ---------------------------------------------------------------------------

    def bind_new(self, kind: str, given: Mapping[str, Any]) -> Body:
        """Turn a create request into values of every writable field, defaults filled in."""
        resource = RESOURCES[kind]
        failures: list[Failure] = []
        not_writable = resource.not_writable - frozenset(resource.create)
        bound = bind_fields(resource.create, not_writable, given, "", failures)
        refuse_if(failures)
        check_required(resource.required, bound, "", failures)
        check_fields(resource.create, bound, "", failures)
        refuse_if(failures)
        return {
            name: field.default if bound.get(name) is None else bound[name]
            for name, field in resource.create.items()
        }

    def bind_update(self, kind: str, given: Mapping[str, Any]) -> Body:
        """Turn an update request into the values of the fields it names."""
        resource = RESOURCES[kind]
        writable: dict[str, Field] = {**EVERYWHERE, **resource.create, **UPDATE_ONLY.get(kind, {})}
        allowed = {
            name: field
            for name, field in writable.items()
            if name in resource.update or name in UPDATE_ONLY.get(kind, {})
        }
        failures: list[Failure] = []
        bound = bind_fields(allowed, resource.not_writable, given, "", failures)
        refuse_if(failures)
        check_fields(allowed, bound, "", failures)
        for name in resource.required:
            if name in bound and bound[name] is None:
                failures.append(invalid("can't be cleared", name))
        refuse_if(failures)
        return {
            name: allowed[name].default if value is None else value for name, value in bound.items()
        }

    # Making and finding -------------------------------------------------------------------------

    def create(self, kind: str, merchant: Merchant, values: Mapping[str, Any]) -> Body:
        """Store a new resource that has every field of its kind, null where nothing is said."""
        resource = RESOURCES[kind]
        moment = timestamp(self.now)
        body: Body = {
            "id": new_id(),
            "merchant": merchant.merchant_id,
            "createdAt": moment,
            "modifiedAt": moment,
        }
        for name in (*EVERYWHERE, *resource.shown):
            body[name] = [] if name in resource.lists else None
        body.update(values)
        return self.store.insert(kind, merchant.alias, body)

    def save(self, body: Body) -> Body:
        """Store a changed resource."""
        body["modifiedAt"] = timestamp(self.now)
        return self.store.save(body)

    def find(self, kind: str, merchant: Merchant, resource_id: str) -> Body:
        """Return a resource of this merchant; GatewayError 404 if there is none."""
        body = self.store.get(kind, merchant.alias, resource_id)
        if body is None:
            raise GatewayError(404)
        return body

    def refer(
        self,
        kind: str,
        merchant: Merchant,
        values: Mapping[str, Any],
        name: str,
        failures: list[Failure],
    ) -> Body | None:
        """Return what a reference field points at; note a failure if it is not there."""
        if values.get(name) is None:
            return None
        body = self.store.get(kind, merchant.alias, values[name])
        if body is None or body.get("deletedAt") is not None:
            failures.append(invalid("there is no such resource", name))
            return None
        return body

    # Showing ------------------------------------------------------------------------------------

    def href(self, kind: str, resource_id: str | None = None) -> str:
        """Return the address of a resource, or of a list, as the gateway shows it."""
        host = self.faults.section("epg")["foreign_host_in_hrefs"]
        if host is True:
            base = FOREIGN_BASE
        elif host is False:
            base = f"{self.config.public_url}/epg"
        else:
            base = host.rstrip("/")
        return f"{base}/{kind}/{resource_id}" if resource_id else f"{base}/{kind}"

    def show(
        self, kind: str, merchant: Merchant, body: Body, expand: frozenset[str] = frozenset()
    ) -> Body:
        """Return a resource as the gateway answers it.

        `expand` names the references to show as whole resources; a dotted name goes deeper.
        """
        if kind == "notifications":
            # Of a kind that nobody knows yet: named by the rule that all others follow.
            kind_of = RESOURCE_TYPES.get(body["resourceType"], f"{body['resourceType']}s")
            kinds = {"resource": kind_of}
        else:
            kinds = RESOURCES[kind].kinds if kind in RESOURCES else {}
        kinds = {**kinds, "merchant": "merchants"}
        wanted = {path.split(".", 1)[0] for path in expand}
        if wanted - set(kinds):
            raise GatewayError(400, invalid("not a reference of this resource", "expand"))
        shown: Body = {"href": self.href(kind, body["id"])}
        for name, value in body.items():
            if name.startswith("_"):
                continue
            if name in kinds and value is not None:
                deeper = frozenset(
                    path.split(".", 1)[1] for path in expand if path.startswith(f"{name}.")
                )
                several = isinstance(value, list)
                targets = [
                    self._show_reference(kinds[name], merchant, each, name in wanted, deeper)
                    for each in (value if several else [value])
                ]
                shown[name] = targets if several else targets[0]
            elif name == "card" and value is not None:
                shown[name] = {k: v for k, v in value.items() if not k.startswith("_")}
            else:
                shown[name] = value
        if kind == "payment-sessions":
            shown["url"] = f"{self.config.public_url}/hpp/?sessionId={body['id']}"
        if kind == "payment-links":
            shown["url"] = f"{self.config.public_url}/hpp/link?paymentLinkId={body['id']}"
        return shown

    def _show_reference(
        self,
        kind: str,
        merchant: Merchant,
        resource_id: str,
        whole: bool,
        deeper: frozenset[str],
    ) -> str | Body:
        if not whole:
            return self.href(kind, resource_id)
        if kind == "merchants":
            return self.show_merchant(merchant)
        return self.show(kind, merchant, self.find(kind, merchant, resource_id), deeper)

    def show_merchant(self, merchant: Merchant) -> Body:
        """Return the merchant resource."""
        return {
            "href": self.href("merchants", merchant.merchant_id),
            "id": merchant.merchant_id,
            "legalName": merchant.name,
            "regions": ["na"],
            "isDemo": True,
        }

    # Notifications ------------------------------------------------------------------------------

    def notify(
        self, merchant: Merchant, event_type: str, resource_type: str, resource: Body
    ) -> Body:
        """Record a notification and plan its delivery; the pusher sends it."""
        notification = self.store.insert(
            "notifications",
            merchant.alias,
            {
                "id": new_id(),
                "merchant": merchant.merchant_id,
                "createdAt": timestamp(self.now),
                "eventType": event_type,
                "resourceType": resource_type,
                "resource": resource["id"],
                "customReference": resource.get("customReference"),
            },
        )
        if merchant.webhook_url:
            self._plan_delivery(merchant, notification)
        return notification

    def _plan_delivery(self, merchant: Merchant, notification: Body) -> None:
        faults = self.faults.section("notifications")
        affected = faults["only"] in (None, notification["eventType"])
        state, copies, delay, direction = "waiting", 1, 0, 1
        if affected:
            copies += faults["duplicate"]
            delay = faults["delay_seconds"]
            direction = -1 if faults["reorder"] else 1
        if self.store.execute("select 1 from webhooks where merchant = ?", (merchant.alias,)):
            state = "held"
        if affected and faults["drop"]:
            state = "dropped"
        [(rank,)] = self.store.execute("select count(*) from deliveries")
        for _ in range(copies):
            rank += 1
            self.store.execute(
                "insert into deliveries (notification, merchant, state, due_at, rank)"
                " values (?, ?, ?, ?, ?)",
                (
                    notification["id"],
                    merchant.alias,
                    state,
                    timestamp(self.now + timedelta(seconds=delay)),
                    rank * direction,
                ),
            )

    # States and time ----------------------------------------------------------------------------

    def enter_state(self, transaction: Body, state: str) -> None:
        """Move a transaction to a state and remember the one it leaves; the caller saves it."""
        transaction["history"].append(
            {
                "state": transaction["state"],
                "modifiedAt": transaction["modifiedAt"],
                "modifiedBy": None,
            }
        )
        transaction["state"] = state
        transaction.pop("_due_at", None)
        settling = state in ("settled", "settlementDelayed") and transaction["type"] == "sale"
        if settling and transaction["refundableUntil"] is None:
            transaction["totalRefundable"] = dict(transaction["total"])
            transaction["refundableUntil"] = timestamp(self.now + REFUNDABLE_FOR)

    def is_past(self, moment: str) -> bool:
        """Say whether a stored time stamp is now or past."""
        return instant(moment) <= self.now
