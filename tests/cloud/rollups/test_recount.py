"""A recount of the local cloud's export agrees with what the commands show.

The recount is a program of its own that shares no line with the rollups: tests/audit/recount.py.
"""

import json
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from local_cloud.cloud import LocalCloud
from tests.audit.disagreements import disagreements
from tests.eventually import eventually

RECOUNT = Path(__file__).parents[2] / "audit" / "recount.py"
ORDERCAST = Path(sys.executable).with_name("ordercast")

PHONES = ("+12065550101", "+46701740605", "+61491570156", "12", None)
COUNTRIES = ("US", "SE", "AU", "US", "SE")
STATUSES = ("confirmed", "shipped", "delivered")
EVERYTHING = ("shop", "hour", "channel", "country", "template", "campaign")

Row = dict[str, Any]


def test_a_recount_of_the_export_finds_what_the_commands_say(cloud: LocalCloud):
    shops = {f"{name} {uuid.uuid4().hex[:8]}" for name in ("Leaf & Kettle", "Käse/ünï#2|")}
    now = datetime.now(UTC)
    for shop in shops:
        _run(cloud, "customers", "set", "c-0", "--shop", shop, "--opt-out", "sms")
    _run(cloud, "put", "-", lines=[order for shop in shops for order in _orders(shop, now)])

    def nothing_is_in_flight() -> bool:
        groups = _recount(_exported(cloud, shops), ("shop",))
        return not any(group["in_flight"] for group in groups)

    def recount_and_commands_agree() -> bool:
        groups, found = _compare(cloud, shops, ("shop",))
        print(groups, found)  # shown where they never do
        return not found and not any(group["in_flight"] for group in groups)

    eventually(nothing_is_in_flight, within=120.0, every=1.0)
    eventually(recount_and_commands_agree, within=120.0, every=1.0)
    groups, found = _compare(cloud, shops, EVERYTHING)
    assert found == []
    met = {state for group in groups for state in group["states"]}
    assert met >= {"delivered", "bounced", "complained", "suppressed"}


def _orders(shop: str, now: datetime) -> list[Row]:
    """Two hundred and a few: of three countries, some unreachable, some refused, some notified twice."""
    # Addresses of their own: what another test's bounce taught is true of its address alone.
    label = uuid.uuid4().hex[:8]
    emails = (
        f"{label}@example.com",
        *(f"{box}+{label}@simulator.amazonses.com" for box in ("bounce", "complaint")),
    )
    orders = [
        {
            "order_id": f"o-{number}",
            "event_id": f"o-{number}-{status}",
            "occurred_at": (now - timedelta(seconds=number * 7 % 900)).isoformat(),
            "status": status,
            "customer_id": f"c-{number % 20}",
            "channel": ("both", "sms", "email", "auto")[number % 4],
            "campaign": (None, "autumn", "none")[number % 3],
            "shop": shop,
            "items": ["Enamel mug" if number % 7 else "Ströma 📦 " + "x" * 150],
            "contact": {
                "email": emails[number % 11 if number % 11 < len(emails) else 0],
                "phone": PHONES[number % len(PHONES)],
                "country": COUNTRIES[number % len(PHONES)],
            },
        }
        for number in range(60)
        for status in STATUSES[: number % 3 + 1]
    ]
    return [*orders, *orders[::10]]


def _compare(
    cloud: LocalCloud, shops: set[str], by: tuple[str, ...]
) -> tuple[list[Row], list[str]]:
    rows = _exported(cloud, shops)
    options = ("--by", ",".join(by), "--json", "--since", "2d", "--until", _the_day_after_next())
    stats = [line for line in _run(cloud, "stats", *options) if line["shop"] in shops]
    cost = [line for line in _run(cloud, "cost", *options) if line["shop"] in shops]
    groups = _recount(rows, by)
    return groups, disagreements(groups, stats, cost, by)


def _exported(cloud: LocalCloud, shops: set[str]) -> list[Row]:
    return [row for row in _run(cloud, "export") if row["shop"] in shops]


def _recount(rows: list[Row], by: tuple[str, ...]) -> list[Row]:
    """By Python as it comes: isolated, and without any package that is installed."""
    names = ",".join("effective_hour" if name == "hour" else name for name in by)
    output = _output([sys.executable, "-I", "-S", str(RECOUNT), "--by", names], rows)
    groups: list[Row] = json.loads(output)["groups"]
    return groups


def _run(cloud: LocalCloud, *arguments: str, lines: list[Row] | None = None) -> list[Row]:
    output = _output([str(ORDERCAST), *arguments, "--cloud", cloud.name], lines or [])
    return [json.loads(line) for line in output.split("\n") if line.startswith("{")]


def _output(command: list[str], lines: list[Row]) -> str:
    return subprocess.run(
        command,
        input="".join(json.dumps(line) + "\n" for line in lines),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        timeout=240,
        check=True,
    ).stdout


def _the_day_after_next() -> str:
    return (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
