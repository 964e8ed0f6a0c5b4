"""Switches that make the outside world misbehave, set through /control/faults.

They are kept in the state file. Counting switches (`times`, `withhold_answer`) go down as they are
used up. README.md describes each.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sandbox.store import Store

NUMBER = (int, float)
TEXT_OR_NULL = (str, type(None))
INTEGER_OR_NULL = (int, type(None))

# When, how often and in what order something is told afterwards.
TOLD: dict[str, tuple[Any, tuple[type, ...]]] = {
    "duplicate": (0, (int,)),
    "delay_seconds": (0, NUMBER),
    "reorder": (False, (bool,)),
    "drop": (False, (bool,)),
}

# section -> switch -> (what it is without a fault, the types it takes)
SWITCHES: dict[str, dict[str, tuple[Any, tuple[type, ...]]]] = {
    "notifications": {**TOLD, "only": (None, TEXT_OR_NULL)},
    "epg": {
        "status": (None, INTEGER_OR_NULL),
        "times": (0, (int,)),
        "method": (None, TEXT_OR_NULL),
        "path": (None, TEXT_OR_NULL),
        "withhold_answer": (0, (int,)),
        "withhold_seconds": (0, NUMBER),
        "slow_seconds": (0, NUMBER),
        "foreign_host_in_hrefs": (True, (bool, str)),
        "result_in": ("transaction", (str,)),
        "capture_delay_ms": (200, NUMBER),
        "announce_capture": (False, (bool,)),
        "retry_after": (None, INTEGER_OR_NULL),
        "lose_request": (0, (int,)),
        "broken": (None, TEXT_OR_NULL),
        "broken_times": (0, (int,)),
        "redirect_to": ("https://gw.sandbox.invalid/", (str,)),
        "drip_seconds": (0, NUMBER),
        "broken_rules_as": (400, (int,)),
        "decline_sales": (0, (int,)),
        "decline_voids": (0, (int,)),
        "decline_refunds": (0, (int,)),
        "decline_reason": (None, TEXT_OR_NULL),
        "refuse_stored_cards": (0, (int,)),
        "hold_for_review": (0, (int,)),
        "leave_pending": (0, (int,)),
        "pending_seconds": (None, (*NUMBER, type(None))),
    },
    "twilio": {
        "status": (None, INTEGER_OR_NULL),
        "times": (0, (int,)),
        "outcome": ("delivered", TEXT_OR_NULL),
        "error_code": (None, INTEGER_OR_NULL),
        **TOLD,
    },
    "resend": {
        "status": (None, INTEGER_OR_NULL),
        "times": (0, (int,)),
        "outcome": ("delivered", TEXT_OR_NULL),
        "bounce_type": ("Permanent", (str,)),
        **TOLD,
    },
}

CHOICES: dict[tuple[str, str], tuple[Any, ...]] = {
    ("epg", "status"): (None, 401, 403, 409, 429, 500, 502, 503, 504),
    ("epg", "broken"): (None, "truncated", "cut", "html", "empty", "other_resource", "redirect"),
    ("epg", "broken_rules_as"): (400, 201),
    ("epg", "method"): (None, "GET", "POST", "DELETE"),
    ("epg", "result_in"): ("transaction", "previousTransactions"),
    ("twilio", "status"): (None, 429, 500, 503),
    ("twilio", "outcome"): (None, "delivered", "undelivered", "failed"),
    ("resend", "status"): (None, 429, 500),
    ("resend", "outcome"): (None, "delivered", "bounced", "complained", "failed"),
    ("resend", "bounce_type"): ("Permanent", "Transient", "Undetermined"),
}


class FaultError(ValueError):
    """A switch is unknown or was given a value it doesn't take."""


def defaults() -> dict[str, dict[str, Any]]:
    """Return all switches as they are when nothing is wrong."""
    return {
        section: {name: default for name, (default, _) in switches.items()}
        for section, switches in SWITCHES.items()
    }


def _checked(section: str, name: str, value: Any) -> Any:
    if section not in SWITCHES or name not in SWITCHES[section]:
        raise FaultError(f"there is no switch {section}.{name}")
    _, types = SWITCHES[section][name]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise FaultError(f"{section}.{name} does not take this type")
    if (section, name) in CHOICES and value not in CHOICES[section, name]:
        raise FaultError(f"{section}.{name} is one of {list(CHOICES[section, name])}")
    if isinstance(value, NUMBER) and value < 0:
        raise FaultError(f"{section}.{name} can't be negative")
    return value


class Faults:
    """The switches, as stored."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def current(self) -> dict[str, dict[str, Any]]:
        """Return every switch with its present value."""
        stored = self._store.setting("faults") or {}
        # A state file of before knows nothing of a newer switch.
        return {name: {**each, **stored.get(name, {})} for name, each in defaults().items()}

    def section(self, name: str) -> dict[str, Any]:
        """Return the switches of one section."""
        return self.current()[name]

    def change(self, wanted: Any, *, keep_others: bool) -> dict[str, dict[str, Any]]:
        """Set switches and return all of them.

        `keep_others` leaves what `wanted` doesn't name as it is; otherwise that goes back to its
        default. Raises FaultError, and then nothing has changed.
        """
        if not isinstance(wanted, dict):
            raise FaultError("a JSON object of sections is wanted")
        with self._store.transaction():
            switches = deepcopy(self.current()) if keep_others else defaults()
            for section, values in wanted.items():
                if section not in SWITCHES:
                    raise FaultError(f"there is no section {section!r}")
                if not isinstance(values, dict):
                    raise FaultError(f"{section} is an object of switches")
                for name, value in values.items():
                    switches[section][name] = _checked(section, name, value)
            self._store.set_setting("faults", switches)
            return switches

    def take(self, section: str, counter: str) -> bool:
        """Use up one of a counting switch; False when none was left."""
        with self._store.transaction():
            switches = self.current()
            if switches[section][counter] < 1:
                return False
            switches[section][counter] -= 1
            self._store.set_setting("faults", switches)
            return True

    def take_status(self, section: str) -> int | None:
        """Return the error status that the next answer is to have, using up one of `times`."""
        with self._store.transaction():
            status = self.section(section)["status"]
            if status is None or not self.take(section, "times"):
                return None
            return status
