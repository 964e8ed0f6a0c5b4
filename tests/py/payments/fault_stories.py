"""What is chosen in a fault run: who does what, and what breaks when. All of it from the seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

# At different hours; the last two have room for some only.
SECTIONS = 6
MINUTE, HOUR, DAY = 60, 3600, 86_400

BEHAVIOURS = (
    "pays",
    "pays",
    "pays",
    "pays after a decline",
    "is declined",
    "leaves the page",
    "never asks for a page",
    "gives up",
    "gives up and pays all the same",
    "asks twice at once",
    "pays twice",
    "pays another amount first",
    "pays and is held for review",
    "pays and stays pending",
    "cuts it fine",
    "pays in parts",
    "pays in parts",
    "pays in parts and never comes back",
    "pays in parts after a bad card",
    "pays half now and half by hand",
    "pays in cash",
    "says that it has paid",
)

# What it gets back in the end: all, or parts, before or after its money is settled.
REGRETS = ("nothing", "nothing", "all", "all, settled", "a part", "a part, settled", "part by part")

# How it wants to pay, where not in full.
PLANS = {"pays in parts": "monthly", "pays half now": "deposit"}


@dataclass(frozen=True)
class Story:
    """What one family wants and does."""

    number: int
    behaviour: str
    students: int
    section_choices: tuple[int, ...]
    sms: bool
    comes_back: bool
    dawdles: float
    regrets: str

    @property
    def plan_code(self) -> str:
        """The payment plan it takes."""
        return next((p for start, p in PLANS.items() if self.behaviour.startswith(start)), "full")


def stories(seed: int, count: int) -> list[Story]:
    """Return what so many families do: each kind of behaviour in turn, in an order by the seed."""
    chooser = random.Random(f"{seed}/order")
    order: list[str] = []
    while len(order) < count:
        order += chooser.sample(BEHAVIOURS, len(BEHAVIOURS))
    told = []
    for number, behaviour in enumerate(order[:count]):
        choice = random.Random(f"{seed}/family/{number}")
        told.append(
            Story(
                number,
                behaviour,
                students=choice.choice((1, 1, 2)),
                section_choices=tuple(choice.choices(range(SECTIONS), k=2)),
                sms=choice.random() < 0.3,
                comes_back=choice.random() < 0.5,
                dawdles=choice.uniform(0, 0.5),
                regrets=choice.choice(REGRETS),
            )
        )
    return told


BROKEN = ("truncated", "cut", "html", "empty", "other_resource", "redirect")


def troubles(seed: int, act: int) -> Iterator[tuple[float, str, dict[str, Any]]]:
    """Return without end: how long it is quiet, then what breaks, and how."""
    choice = random.Random(f"{seed}/troubles/{act}")

    def gateway_trouble() -> dict[str, Any]:
        path = choice.choice(
            (None, None, "/orders", "/payment-sessions", "/transactions", "/shoppers")
        )
        times = choice.randint(1, 4)
        return choice.choice(
            (
                {"status": 500, "times": times},
                {"status": 503, "times": times},
                {"status": 429, "times": times, "retry_after": choice.choice((None, 1, 60))},
                {"withhold_answer": times},
                {"withhold_answer": times, "method": "GET"},
                {"lose_request": times},
                {"broken": choice.choice(BROKEN), "broken_times": times},
                {"slow_seconds": 0.3},
            )
        ) | {"path": path, "result_in": choice.choice(("transaction", "previousTransactions"))}

    def notice_trouble() -> dict[str, Any]:
        return {
            "duplicate": choice.choice((0, 0, 1, 3)),
            "reorder": choice.random() < 0.5,
            "drop": choice.random() < 0.3,
            "delay_seconds": choice.choice((0, 0, 1, MINUTE, HOUR, DAY)),
        }

    kinds: dict[str, Callable[[], dict[str, Any]]] = {
        "gateway": gateway_trouble,
        "notices": notice_trouble,
        "mail": lambda: {
            choice.choice(("resend", "twilio")): {
                "status": choice.choice((429, 500)),
                "times": choice.randint(1, 5),
            }
        },
        "calm": dict,
        "kill postgres": lambda: {"seconds": choice.uniform(0, 0.5)},
        "kill shim": lambda: {"seconds": choice.uniform(0, 1)},
        "kill courier": lambda: {"seconds": choice.uniform(0, 2)},
        "time": lambda: {"seconds": choice.choice((30, 3 * MINUTE, 12 * MINUTE, HOUR))},
        "webhook": lambda: {"on": choice.random() < 0.5},
        "jobs": dict,
    }
    while True:
        for kind in choice.sample([*sorted(kinds), "jobs"], len(kinds) + 1):
            yield choice.uniform(0.1, 0.6), kind, kinds[kind]()
