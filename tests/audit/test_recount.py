"""The recount agrees with rows that were added up by hand."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.audit.disagreements import disagreements

RECOUNT = Path(__file__).parent / "recount.py"

DELIVERED = {
    "id": "a",
    "version": 4,
    "state": "delivered",
    "rule": None,
    "effective_hour": "2026-03-02T09",
    "channel": "sms",
    "country": "US",
    "template": "shipped",
    "campaign": None,
    "shop": "Leaf & Kettle",
    "occurred_at": "2026-03-02T09:00:00.000+00:00",
    "effective_at": "2026-03-02T09:00:01.500+00:00",
    "sent_at": "2026-03-02T09:00:02.000+00:00",
    "delivered_at": "2026-03-02T09:00:06.000+00:00",
    "taken": True,
    "fallback": False,
    "resend": False,
    "retries": 0,
    "parts": 2,
    "reserved_usd": "0.02004",
    "cost_usd": "0.0129",
    "cost_source": "carrier",
}
UNSENT = {
    "sent_at": None,
    "delivered_at": None,
    "taken": False,
    "parts": 0,
    **dict.fromkeys(("reserved_usd", "cost_usd", "cost_source")),
}
SUPPRESSED = {**DELIVERED, **UNSENT, "id": "b", "state": "suppressed", "rule": "opted-out"}
FAILED = {**DELIVERED, "id": "c", "state": "failed", "delivered_at": None}
COMPLAINED = {
    **DELIVERED,
    "id": "d",
    "channel": "email",
    "state": "complained",
    "parts": 0,
    "reserved_usd": "0.1",
    "cost_usd": "0.00010",
    "cost_source": "estimate",
    "delivered_at": "2026-03-02T09:00:12.000+00:00",
}
UNCONFIRMED = {**DELIVERED, "id": "e", "state": "unconfirmed", "delivered_at": None}
ROWS = (DELIVERED, SUPPRESSED, FAILED, COMPLAINED, UNCONFIRMED)


def test_a_complaint_was_delivered_and_only_ends_are_in_the_rate():
    whole = _recount(*ROWS)["groups"][0]
    assert (whole["delivered"], whole["undelivered"], whole["unconfirmed"]) == (2, 1, 1)
    assert whole["delivery_rate"] == pytest.approx(2 / 3)
    assert (whole["notifications"], whole["accepted"], whole["sent"]) == (5, 4, 4)
    assert whole["suppressed_by_rule"] == {"opted-out": 1}


def test_what_the_provider_kept_back_by_its_own_list_was_to_be_sent():
    kept_back = {**COMPLAINED, "id": "g", "state": "suppressed", "delivered_at": None}
    recounted = _recount({**kept_back, "rule": "Bounce/Permanent/Suppressed"}, SUPPRESSED)
    whole = recounted["groups"][0]
    assert (whole["accepted"], whole["sent"], whole["suppressed"]) == (1, 1, 2)
    assert whole["latency"]["event_to_accepted"]["count"] == 1
    assert not recounted["oddities"]


def test_money_is_exact_and_carrier_prices_are_apart_from_estimates():
    whole = _recount(*ROWS)["groups"][0]
    assert whole["parts"] == 6
    assert whole["reserved_usd"] == "0.16012"
    assert (whole["priced"], whole["carrier_usd"]) == (3, "0.0387")
    assert (whole["estimated"], whole["estimate_usd"]) == (1, "0.00010")


def test_percentiles_are_values_that_there_were():
    took = _recount(*ROWS)["groups"][0]["latency"]
    assert took["event_to_accepted"] == {"count": 4, "p50": 1.5, "p95": 1.5, "p99": 1.5}
    assert took["sent_to_delivered"] == {"count": 2, "p50": 4.0, "p95": 10.0, "p99": 10.0}


def test_groups_are_of_any_dimensions_and_have_their_own_figures():
    groups = _recount(*ROWS, by="channel,effective_hour")["groups"]
    assert [(group["group"]["channel"], group["notifications"]) for group in groups] == [
        ("email", 1),
        ("sms", 4),
    ]


def test_a_row_that_says_what_cannot_be_is_named():
    impossible = {**DELIVERED, "id": "f", "sent_at": None, "delivered_at": None}
    assert _recount(impossible, {**impossible, "state": "lost"})["oddities"] == {
        "a state that nothing is known of: lost": 1,
        "delivered at no time": 1,
        "taken by the provider at no time": 2,
        "the same id again": 1,
    }


@pytest.mark.parametrize(
    ("figure", "reported"),
    [
        ("delivered", 3),
        ("delivery_rate", 0.66),
        ("sent_to_delivered_p50", 4.05),
        ("carrier_usd", "0.03870001"),
        ("estimated", 0),
        ("suppressed_by_rule", {"cap": 1}),
    ],
)
def test_a_figure_that_is_not_shared_is_named(figure, reported):
    groups = _recount(*ROWS, by="shop")["groups"]
    said = _as_the_commands_say_it(groups[0])
    assert disagreements(groups, [said], [said], ["shop"]) == []
    other = {**said, figure: reported}
    (found,) = disagreements(groups, [other], [other], ["shop"])
    assert figure in found
    assert f"!= {reported}" in found


def test_a_group_that_only_one_of_them_has_is_named():
    groups = _recount(*ROWS, by="shop")["groups"]
    assert disagreements(groups, [], [], ["shop"]) == ["('Leaf & Kettle',): in one of both only"]


def _as_the_commands_say_it(group: dict[str, Any]) -> dict[str, Any]:
    percentiles = {
        f"{step}_{name}": latency[name]
        for step, latency in group["latency"].items()
        for name in ("p50", "p95", "p99")
    }
    return {**group["group"], **group, **percentiles}


def _recount(*rows: dict[str, Any], by: str = "") -> Any:
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(RECOUNT), "--by", by],
        input="".join(json.dumps(row) + "\n" for row in rows),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return json.loads(ran.stdout)
