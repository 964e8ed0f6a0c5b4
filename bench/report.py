"""The figures of one run as a table of plain text, with the ratios beside their aims."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench import charges, jobs, ledger, webhooks
from bench.bulk import Priced
from bench.http_load import Answers
from bench.opening_day import CLIENTS, FAMILIES, Measured
from bench.sql_load import Commits

ONE_ROW, QUOTE, CHECKOUT = "one row", "quote", "checkout"
VARIED_QUOTE = "varied quote"
SIMPLE_UPDATE, ONE_SECTION, SECTIONS = "simple update", "one section", "40 sections"
POOLED = "one section, pooled"

_HTTP_LABELS = {
    ONE_ROW: "request that commits one row",
    QUOTE: "quote, 5 classes",
    VARIED_QUOTE: "quote, 6 items of all kinds",
    CHECKOUT: "checkout, 5 places",
}
_SQL_LABELS = {
    SIMPLE_UPDATE: "pgbench simple-update",
    ONE_SECTION: "seat claims, one hot section",
    SECTIONS: "seat claims over 40 sections",
    POOLED: "hot section, in the pool",
}

Answered = dict[tuple[str, int], Answers]
Committed = dict[tuple[str, int], Commits]


def text(
    machine: str, answered: Answered, committed: Committed, priced: Sequence[Priced]
) -> str:
    """Return the report.

    Arguments:
        machine: one line about where it was measured.
        answered: what came back over HTTP, by kind of request and number of clients.
        committed: what was committed in the database, by kind and number of clients.
        priced: carts priced in bulk, from few to many.
    """
    lines = [
        machine,
        "",
        _row("over PostgREST", "clients", "per second", "p50 ms", "p99 ms", "ratio", "refused"),
    ]
    for (kind, clients), answers in sorted(answered.items(), key=_order(_HTTP_LABELS)):
        ratio = answers.percentile(0.5) / answered[ONE_ROW, clients].percentile(0.5)
        lines.append(
            _row(
                _HTTP_LABELS[kind],
                clients,
                f"{answers.per_second:.0f}",
                f"{answers.percentile(0.5):.1f}",
                f"{answers.percentile(0.99):.1f}",
                "" if kind == ONE_ROW else f"{ratio:.2f}",
                answers.refused,
            )
        )
    lines += ["", _row("in the database", "clients", "per second", "", "", "ratio", "")]
    for (kind, clients), commits in sorted(committed.items(), key=_order(_SQL_LABELS)):
        ratio = commits.per_second / committed[SIMPLE_UPDATE, clients].per_second
        lines.append(
            _row(
                _SQL_LABELS[kind],
                clients,
                f"{commits.per_second:.0f}",
                "",
                "",
                "" if kind == SIMPLE_UPDATE else f"{ratio:.2f}",
                "",
            )
        )
    lines += ["", _row("bulk pricing", "carts", "per second", "us each", "lines each", "ratio", "")]
    for bulk in priced:
        lines.append(
            _row(
                f"carts, {bulk.sessions} sessions",
                bulk.carts,
                f"{bulk.per_second:.0f}",
                f"{bulk.microseconds:.0f}",
                f"{bulk.lines / bulk.carts:.1f}",
                f"{bulk.ratio:.1f}",
                "",
            )
        )
    return "\n".join([*lines, "", "aims", *_aims(answered, committed), *_bulk_aims(priced)])


def opening_day_text(day: Measured) -> str:
    """Return the report of the opening day."""
    refusals = ", ".join(
        f"{code} {n}" for code, n in sorted(day.outcomes.items()) if code != "ok"
    )
    ordered = sorted(day.checkouts)
    capacities, sizes = list(day.by_capacity), list(day.by_enrollments)
    by_capacity = [day.by_capacity[n] / day.by_capacity[capacities[0]] for n in capacities]
    by_size = [day.by_enrollments[n] / day.by_enrollments[sizes[0]] for n in sizes]
    few, many = sorted(day.memory)
    memory = day.memory[many] / day.memory[few]
    anomalies = sum(day.anomalies.values())
    others = day.outcomes.total() - day.outcomes["ok"] - day.outcomes["seat_unavailable"]
    return "\n".join(
        [
            f"opening day: {FAMILIES} families, {CLIENTS} at a time",
            f"  registrations                 {day.families}, {day.families / day.seconds:.0f} a"
            " second with their quotes and second tries",
            f"  checkouts                     {len(ordered)}, p50"
            f" {ordered[len(ordered) // 2]:.1f} ms, p99 {ordered[len(ordered) * 99 // 100]:.1f} ms",
            f"  refused                       {refusals or 'none'}",
            "  ms of a checkout, by capacity   "
            + ", ".join(f"{n}: {ms:.1f}" for n, ms in day.by_capacity.items()),
            "  ms of a checkout, by enrollments "
            + ", ".join(f"{n}: {ms:.1f}" for n, ms in day.by_enrollments.items()),
            "  kB of a backend, by checkouts   "
            + ", ".join(f"{n}: {kb}" for n, kb in day.memory.items()),
            "",
            "aims",
            _aim("anomalies after it: none", str(anomalies), anomalies == 0),
            _aim("refused for another cause than a full section: none", str(others), others == 0),
            _aim(f"checkout at a capacity of {'/'.join(map(str, capacities))}: at most 1.5",
                 " ".join(f"{r:.2f}" for r in by_capacity), max(by_capacity) <= 1.5),
            _aim(f"checkout beside {'/'.join(map(str, sizes))} enrollments: at most 1.5",
                 " ".join(f"{r:.2f}" for r in by_size), max(by_size) <= 1.5),
            _aim(f"memory of a backend after {many} checkouts beside {few}: at most 1.1",
                 f"{memory:.2f}", memory <= 1.1),
        ]
    )


_NOTICE_LABELS = {
    webhooks.UNKNOWN: "notice that means nothing",
    webhooks.FETCH: "the fetch, at the stand-in",
    webhooks.CONFIRMING: "notice until confirmed",
}


def webhooks_text(measured: webhooks.Measured) -> str:
    """Return the report of the notices."""
    lines = [_row("webhooks", "clients", "per second", "p50 ms", "p99 ms", "ratio", "refused")]
    ratios = {}
    for (kind, clients), answers in sorted(
        measured.answered.items(), key=_order(_NOTICE_LABELS)
    ):
        without = measured.answered[webhooks.UNKNOWN, clients].percentile(
            0.5
        ) + measured.answered[webhooks.FETCH, clients].percentile(0.5)
        ratios[kind, clients] = answers.percentile(0.5) / without
        lines.append(
            _row(
                _NOTICE_LABELS[kind],
                clients,
                f"{answers.per_second:.0f}",
                f"{answers.percentile(0.5):.1f}",
                f"{answers.percentile(0.99):.1f}",
                f"{ratios[kind, clients]:.2f}" if kind == webhooks.CONFIRMING else "",
                answers.refused,
            )
        )
    lines.append("  ms of the cores for each confirmation")
    for clients, seconds in measured.cpu.items():
        confirmed = measured.answered[webhooks.CONFIRMING, clients].statuses[201]
        shares = ", ".join(
            f"{name} {taken / max(confirmed, 1) * 1000:.1f}"
            for name, taken in seconds.most_common()
        )
        lines.append(f"    {clients:>2} clients: {shares}")
    at = "/".join(str(clients) for clients in webhooks.CLIENTS)
    of_confirming = [ratios[webhooks.CONFIRMING, clients] for clients in webhooks.CLIENTS]
    return "\n".join(
        [
            *lines,
            "",
            "aims",
            _aim(f"p50 beside one that means nothing and the fetch, at {at}: at most 4",
                 " ".join(f"{ratio:.2f}" for ratio in of_confirming), max(of_confirming) <= 4),
            _aim("answered otherwise than 201: none", str(measured.refused),
                 measured.refused == 0),
            _aim(f"payments with another end than one of {measured.confirmed} confirmed: none",
                 str(measured.others), measured.others == 0),
        ]
    )


def charges_text(measured: Sequence[charges.Measured]) -> str:
    """Return the report of the planning of charges."""
    few, many = measured[0], measured[-1]
    growth = (many.seconds / many.parts) / (few.seconds / few.parts)
    wrong = sum(each.wrong for each in measured)
    return "\n".join(
        [
            _row("charges of a day, in one pass", "parts", "per second", "s", "us each", "ratio",
                 "again s"),
            *(
                _row(
                    "payment, attempt and request",
                    each.parts,
                    f"{each.per_second:.0f}",
                    f"{each.seconds:.1f}",
                    f"{each.seconds / each.parts * 1e6:.0f}",
                    f"{each.ratio:.0f}",
                    f"{each.again_seconds:.2f}",
                )
                for each in measured
            ),
            "",
            "aims",
            _aim(f"cost of a part at {many.parts} beside {few.parts}: at most 1.5",
                 f"{growth:.2f}", growth <= 1.5),
            _aim("parts that are not being charged, once: none", str(wrong), wrong == 0),
        ]
    )


_LEDGER_LABELS = {
    ledger.SCAN: "plain scan of all entries",
    ledger.TRIAL: "trial balance",
    ledger.CLOSED_TRIAL: "  with closed months",
    ledger.BALANCES: "balances of all families",
    ledger.STATEMENT: "statement of one family",
    ledger.BALANCE: "balance of one family",
    ledger.CLOSE: "closing of all months",
}


def ledger_text(measured: Sequence[ledger.Measured]) -> str:
    """Return the report of the ledger."""
    few, many = measured[0], measured[-1]
    unbalanced = sum(each.unbalanced for each in measured)
    of_family = (ledger.STATEMENT, ledger.BALANCE)
    growth = sum(many.milliseconds[what] for what in of_family) / sum(
        few.milliseconds[what] for what in of_family
    )
    return "\n".join(
        [
            _row("ledger, ms by postings", *(each.postings for each in measured), "ratio"),
            *(
                _row(
                    label,
                    *(f"{each.milliseconds[what]:.1f}" for each in measured),
                    "" if what == ledger.SCAN else f"{many.ratio(what):.3f}",
                )
                for what, label in _LEDGER_LABELS.items()
            ),
            "",
            "aims",
            _aim(f"trial balance at {many.postings} beside a plain scan: at most 5",
                 f"{many.ratio(ledger.TRIAL):.1f}", many.ratio(ledger.TRIAL) <= 5),
            _aim(f"one family's at {many.postings} beside {few.postings}: at most 2",
                 f"{growth:.2f}", growth <= 2),
            _aim("postings that are not balanced: none", str(unbalanced), unbalanced == 0),
        ]
    )


def jobs_text(measured: Sequence[jobs.Measured]) -> str:
    """Return the report of what jobs and notices take beside what is done."""
    few, many = measured[0], measured[-1]

    def growth(names: Sequence[str]) -> float:
        return sum(many.milliseconds[n] for n in names) / sum(few.milliseconds[n] for n in names)

    return "\n".join(
        [
            _row("ms by payments that are done", *(each.payments for each in measured)),
            *(
                _row(name, *(f"{each.milliseconds[name]:.1f}" for each in measured))
                for name in (*jobs.STEPS, *jobs.JOBS, jobs.INCIDENTS)
            ),
            "",
            "aims",
            *(
                _aim(f"{what} beside {many.payments} and {few.payments}: at most 2",
                     f"{growth(names):.2f}", growth(names) <= 2)
                for what, names in (("steps of a notice", jobs.STEPS), ("jobs", jobs.JOBS))
            ),
        ]
    )


def _bulk_aims(priced: Sequence[Priced]) -> list[str]:
    at = "/".join(str(bulk.carts) for bulk in priced)
    ratios = [bulk.ratio for bulk in priced]
    speeds = [bulk.per_second for bulk in priced]
    growth = priced[-1].microseconds / priced[0].microseconds
    return [
        _aim("bulk pricing beside an aggregate of the facts: at most 5",
             " ".join(f"{ratio:.0f}" for ratio in ratios), max(ratios) <= 5),
        _aim("carts a second, in bulk: at least 20000 on 2 cores",
             " ".join(f"{speed:.0f}" for speed in speeds), min(speeds) >= 20_000),
        _aim(f"cost of a cart, the most beside the fewest of {at}: at most 1.5",
             f"{growth:.2f}", growth <= 1.5),
    ]


def _aims(answered: Answered, committed: Committed) -> list[str]:
    levels = sorted({clients for _, clients in answered})
    quotes = {
        kind: [
            answered[kind, n].percentile(0.5) / answered[ONE_ROW, n].percentile(0.5)
            for n in levels
        ]
        for kind in (QUOTE, VARIED_QUOTE)
    }
    claims = [
        committed[ONE_SECTION, n].per_second / committed[SIMPLE_UPDATE, n].per_second
        for n in levels
    ]
    spread = [
        committed[ONE_SECTION, n].per_second / committed[SECTIONS, n].per_second for n in levels
    ]
    few, many = levels[-2:]
    growth = committed[ONE_SECTION, many].per_second / committed[ONE_SECTION, few].per_second
    checkouts = answered[CHECKOUT, 8].per_second
    at = "/".join(map(str, levels))
    return [
        *(
            _aim(f"{_HTTP_LABELS[kind]}, beside the one-row request, p50, at {at}: at most 4",
                 " ".join(f"{ratio:.2f}" for ratio in ratios), max(ratios) <= 4)
            for kind, ratios in quotes.items()
        ),
        _aim(f"claims of one section beside simple-update, at {at} clients: at least 0.5",
             " ".join(f"{ratio:.2f}" for ratio in claims), min(claims) >= 0.5),
        _aim(f"claims of one section beside those over 40, at {at} clients: at least 0.8",
             " ".join(f"{ratio:.2f}" for ratio in spread), min(spread) >= 0.8),
        _aim(f"claims of one section at {many} clients beside {few}: at least 1",
             f"{growth:.2f}", growth >= 1),
        _aim("checkouts a second at 8 clients: at least 300 on 2 cores",
             f"{checkouts:.0f}", checkouts >= 300),
    ]


def _row(label: str, *cells: object) -> str:
    return (f"{label:<30}" + "".join(f"{cell!s:>11}" for cell in cells)).rstrip()


def _aim(what: str, figures: str, met: bool) -> str:
    return f"  {what:<73} {figures:<16} {'met' if met else 'missed'}"


def _order(labels: dict[str, str]) -> Callable[[tuple[tuple[str, int], object]], tuple[int, int]]:
    """Return the sorting of a table's rows: by number of clients, then as the labels stand."""
    kinds = list(labels)
    return lambda item: (item[0][1], kinds.index(item[0][0]))
