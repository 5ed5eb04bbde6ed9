"""Recount the JSON Lines of an export by group. Used by hand and to check the rollups.

It stands alone: the standard library only, and nothing of the project is imported, so that no
mistake of the rollups can be repeated here by sharing a line with them.

    python recount.py export.jsonl --by channel,country
    ordercast export | python recount.py
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

Row = dict[str, Any]

DIMENSIONS = ("effective_hour", "channel", "country", "template", "campaign", "shop")

# What becomes of a notification, and the states that say so; every state stands in one place.
# Who complains has got the message. Delivery is reckoned of delivered and undelivered alone.
BECAME = {
    "delivered": {"delivered", "complained"},
    "undelivered": {"failed", "failed for now", "bounced", "soft bounced"},
    "in_flight": {"requested", "sending", "sent", "delayed", "out of office"},
    "carrier_accepted": {"carrier accepted"},
    "unconfirmed": {"unconfirmed"},
    "in_doubt": {"in doubt"},
    "deferred": {"deferred"},
    "suppressed": {"suppressed"},
    "parked": {"parked"},
}
NOT_ACCEPTED = BECAME["suppressed"] | BECAME["deferred"]  # the latter will be, when it is due
TAKEN = BECAME["delivered"] | BECAME["carrier_accepted"] | {"sent"}

STEPS = {
    "event_to_accepted": ("occurred_at", "effective_at"),
    "accepted_to_sent": ("effective_at", "sent_at"),
    "sent_to_delivered": ("sent_at", "delivered_at"),
    "event_to_delivered": ("occurred_at", "delivered_at"),
}


def recount(rows: Iterable[Row], by: Sequence[str]) -> list[dict[str, Any]]:
    """Every group's counts, sums and percentiles; without dimensions, one group of all rows."""
    groups: dict[tuple[str | None, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in by), []).append(row)
    ordered = sorted(groups.items(), key=lambda group: [str(value) for value in group[0]])
    return [
        {"group": dict(zip(by, values, strict=True)), **_account(members)}
        for values, members in ordered
    ]


def oddities(rows: Sequence[Row]) -> dict[str, int]:
    """What cannot be true of a row, or is missing in it, and of how many."""
    found = Counter(oddity for row in rows for oddity in _odd(row))
    found["the same id again"] = len(rows) - len({row["id"] for row in rows})
    return {oddity: count for oddity, count in sorted(found.items()) if count}


def main(arguments: Sequence[str] | None = None) -> int:
    """Recount a file, or standard input; status 1 if a row says what it cannot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("export", nargs="?", default="-")
    parser.add_argument("--by", default="", help=",".join(DIMENSIONS))
    options = parser.parse_args(arguments)
    by = [name for name in options.by.split(",") if name]
    if strange := set(by) - set(DIMENSIONS):
        parser.error(f"no such dimension: {', '.join(sorted(strange))}")
    text = sys.stdin.read() if options.export == "-" else Path(options.export).read_text("utf-8")
    rows = [json.loads(line) for line in text.split("\n") if line]
    odd = oddities(rows)
    said = {"by": by, "groups": recount(rows, by), "oddities": odd}
    print(json.dumps(said, indent=2))
    return 1 if odd else 0


def _account(rows: list[Row]) -> dict[str, Any]:
    states = Counter(_state(row) for row in rows)
    became = {name: sum(states[state] for state in among) for name, among in BECAME.items()}
    ended = became["delivered"] + became["undelivered"]
    return {
        "notifications": len(rows),
        "states": dict(sorted(states.items())),
        "accepted": sum(map(_accepted, rows)),
        "sent": sum(row["taken"] for row in rows),
        **became,
        "delivery_rate": float(Fraction(became["delivered"], ended)) if ended else None,
        "suppressed_by_rule": _rules(rows),
        "fallbacks": sum(row["fallback"] and _state(row) != "suppressed" for row in rows),
        "resends": sum(row["resend"] for row in rows),
        "retries": sum(row["retries"] for row in rows),
        "parts": sum(row["parts"] for row in rows),
        **_money(rows),
        "latency": {name: _percentiles(_seconds(rows, *STEPS[name])) for name in STEPS},
    }


def _money(rows: list[Row]) -> dict[str, Any]:
    prices = {
        source: [row["cost_usd"] for row in rows if row["cost_source"] == source]
        for source in ("carrier", "estimate")
    }
    return {
        "reserved_usd": _sum(row["reserved_usd"] for row in rows),
        "priced": len(prices["carrier"]),
        "carrier_usd": _sum(prices["carrier"]),
        "estimated": len(prices["estimate"]),
        "estimate_usd": _sum(prices["estimate"]),
        "unpriced": sum(row["taken"] and row["cost_usd"] is None for row in rows),
    }


def _accepted(row: Row) -> bool:
    """Tell whether it was to be sent: what a provider took was, also where its own list kept it."""
    return row["taken"] or _state(row) not in NOT_ACCEPTED


def _state(row: Row) -> str:
    return str(row["state"]).replace("_", " ").replace("-", " ")


def _rules(rows: list[Row]) -> dict[str, int]:
    rules = Counter(str(row["rule"]) for row in rows if _state(row) == "suppressed")
    return dict(sorted(rules.items()))


def _sum(amounts: Iterable[str | None]) -> str:
    return format(sum((Decimal(amount) for amount in amounts if amount), Decimal(0)), "f")


def _seconds(rows: list[Row], start: str, end: str) -> Iterator[float]:
    for row in rows:
        if row["resend"] and start == "occurred_at":
            continue  # it took as long as the operator
        if row[start] and row[end] and (end != "effective_at" or _accepted(row)):
            passed = datetime.fromisoformat(row[end]) - datetime.fromisoformat(row[start])
            yield passed / timedelta(seconds=1)


def _percentiles(seconds: Iterator[float]) -> dict[str, Any]:
    """The smallest value that is not exceeded by the hundredth asked for: the nearest rank."""
    values = sorted(seconds)
    ranks = {f"p{hundredth}": -(-hundredth * len(values) // 100) for hundredth in (50, 95, 99)}
    said = {name: values[rank - 1] if values else None for name, rank in ranks.items()}
    return {"count": len(values), **said}


def _odd(row: Row) -> list[str]:
    state, taken = _state(row), row["taken"]
    own_hour = str(row["effective_at"]).startswith(str(row["effective_hour"]))
    known = any(state in among for among in BECAME.values())
    said = {
        f"a state that nothing is known of: {state}": not known,
        "suppressed by no rule": state == "suppressed" and not row["rule"],
        f"{state}, and the provider never took it": state in TAKEN and not taken,
        f"{state}, and yet the provider took it": state in BECAME["deferred"] and taken,
        "taken by the provider at no time": taken and not row["sent_at"],
        "delivered at no time": state in BECAME["delivered"] and not row["delivered_at"],
        "a cost that nobody named": row["cost_usd"] is not None and not row["cost_source"],
        "accepted in another hour than its own": not own_hour,
    }
    return [oddity for oddity, true in said.items() if true]


if __name__ == "__main__":
    sys.exit(main())
