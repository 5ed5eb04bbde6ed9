"""Crash, throttle, lose and overtake at every call of a small day at a shop: the promises hold."""

import inspect
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.bucket import WAVE
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.rollups.statistics import in_all
from ordercast.sending.claim import ClaimStatus
from ordercast.workflows import count_changes as count
from ordercast.workflows import ports, take_in_adjustments
from ordercast.workflows.sweep import keep_reputation, probe_holds
from tests.explorer import operator_acts
from tests.explorer.checks.promises import broken
from tests.explorer.checks.rows import all_rows
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.deployed.stage import Stage
from tests.explorer.exploring import (
    COMMAND,
    Finding,
    calls,
    explore,
    explore_pairs,
    pairs,
    played,
    points,
    sample,
)
from tests.explorer.faults.points import MANNERS, Call, Fault, Point
from tests.explorer.safeguards.definition import Around
from tests.explorer.scenario import WITHHELD
from tests.sampling import SAMPLED, sampled

PORTS = {
    ports.Ledger: "ledger",
    ports.DecisionsAndRows: "ledger",
    ports.RelayLedger: "ledger",
    ports.Changes: "ledger",
    ports.Failures: "ledger",
    ports.HoldRecords: "ledger",
    ports.TemplateVersions: "template_versions",
    ports.People: "people",
    ports.Suppressions: "people",
    ports.NotificationsTopic: "notifications_topic",
    ports.ParkedRecords: "parked",
    ports.PaceBuckets: "buckets",
    ports.Accounts: "accounts",
    take_in_adjustments.Adjustments: "adjustments",
    ports.Provider: "provider",
    ports.SendQuotas: "send_quotas",
    keep_reputation.Reputations: "reputations",
    probe_holds.RouteProbes: "route_probes",
    ports.ReceiptQueue: "receipts",
    ports.WorkQueues: "work_queues",
    ports.ReceiptLogs: "receipt_logs",
    count.Rollups: "rollups",
}


DEFINING = (ports, count, keep_reputation, probe_holds, take_in_adjustments)
"""The modules that define ports."""


@pytest.fixture(scope="module")
def day() -> Stage:
    """The whole story without a fault."""
    return played()


POINTS = 690
"""Points that are visited here; `make explore` visits all of them."""


def test_no_promise_breaks_at_a_sample_of_points() -> None:
    numbered = calls()
    findings = explore(sample(points(numbered), numbered, POINTS), numbered)
    assert not findings, "\n" + "\n".join(map(str, findings))


def test_the_sample_has_every_kind_of_call_and_every_fault_of_every_method() -> None:
    numbered = calls()
    everything = points(numbered)
    sampled = sample(everything, numbered, POINTS)

    def strata(which: Sequence[Point]) -> set[tuple[str, str, str, Fault]]:
        called = [(numbered[each.number - 1], each.fault) for each in which]
        return {(call.function, call.port, call.method, fault) for call, fault in called}

    assert POINTS == len(set(sampled))
    assert {call.kind for call in numbered} == {numbered[each.number - 1].kind for each in sampled}
    assert strata(everything) == strata(sampled)


@SAMPLED
def test_no_promise_breaks_when_a_fault_meets_the_aftermath_of_another() -> None:
    numbered = calls()
    findings = explore_pairs(pairs(points(numbered), sampled(20, whole=60)), numbered)
    assert not findings, "\n" + "\n".join(map(str, findings))


def test_a_claim_is_given_every_answer_that_there_is() -> None:
    """Lapsed is what a sender finds that was overtaken, long ago, by one that was ended."""
    asked = [
        Point(number=call.number, fault=fault)
        for call in calls()
        for fault in (Fault.OVERTAKEN, Fault.CLOCK_AHEAD)
        if (call.function, call.method) == ("sms sender", "claim")
    ]
    assert set(ClaimStatus) == {given for each in asked for given in played(each).journal.answers}


def test_no_promise_breaks_without_a_fault(day: Stage) -> None:
    assert [] == broken(day)


def test_every_method_of_every_port_is_called(day: Stage) -> None:
    methods = {
        (name, method)
        for port, name in PORTS.items()
        for method, _ in inspect.getmembers(port, inspect.isfunction)
        if not method.startswith("_")
    }
    beside = {("sns", "publish"), ("ses", "send_email"), ("visibility", "delay")}
    assert methods | beside == {(call.port, call.method) for call in day.fault_proxy.calls}


def test_every_protocol_of_workflows_and_of_counting_is_a_port_here() -> None:
    classes = (inspect.getmembers(module, inspect.isclass) for module in DEFINING)
    protocols = {each for _, each in chain.from_iterable(classes) if _is_port(each)}
    assert protocols == PORTS.keys()


def test_every_call_meets_everything_that_it_can_meet() -> None:
    everywhere = [*calls(), *operator_acts.played().fault_proxy.calls]
    for port, method in MANNERS:
        kinds = {kind for call in everywhere if call.port == port for kind in call.kinds}
        assert {Fault.CRASH_BEFORE, Fault.OVERTAKEN} <= kinds, (port, method)
    assert set(Fault) == set(chain.from_iterable(call.kinds for call in calls()))


def test_the_story_has_everything_in_it(day: Stage) -> None:
    rows = all_rows(day).values()
    rules = {row.rule for row in rows}
    reasons = set(day.parked.reasons.values())
    assert {
        State.UNCONFIRMED,
        State.DELIVERED,
        State.FAILED_FOR_NOW,
        State.FAILED,
        State.BOUNCED,
        State.COMPLAINED,
        State.IN_DOUBT,
        State.SUPPRESSED,
    } == {row.state for row in rows}
    assert {"stale", "cap", "opted-out", "complained", "not-allowed"} <= rules
    assert "already-delivered" in rules
    assert {"no-contact", "invalid-contact", "no-consent"} <= rules
    assert {"lapsed-claim", "ReadTimeoutError", "InternalError"} <= rules
    assert {"InvalidParameter", "MessageRejected"} <= rules
    assert {"malformed-order-event", "conflicting-event"} == reasons
    assert {0, 1} == {row.resends for row in rows}
    assert {1, 2} <= {row.attempts for row in rows}
    assert set(Channel) == {row.channel for row in rows}
    assert {None, "c-auto", "c-night", "c-evening", "c-fan", "c-no-fan", "c-no", "c-busy"} == {
        row.customer_id for row in rows
    }
    assert State.DEFERRED in {
        state for drafts in day.journal.drafts.values() for state, _ in drafts
    }


def test_of_receipts_the_story_has_everything_in_it(day: Stage) -> None:
    """Before the sender knows the message, of one that it never knows, free, dear and cheaper."""
    parked: set[str] = set()
    again = played(fitting=Fitting(tracker_receipt_logs=lambda port: Noting(port, parked)))
    whose = {each.message_id: each.row.order.order_id for each in again.journal.sent_receipts}
    unknown = {"o-bulk-1", "o-answer-lost", "o-again-doubt", "o-again-overtaken"}
    assert unknown == {whose[message_id] for message_id in parked}
    costs = {(row.order.order_id, row.channel): row.cost for row in all_rows(day).values()}
    assert Decimal(0) == costs["o-bulk-1", Channel.SMS]
    assert Decimal("0.00645") == costs["o-plain", Channel.SMS]
    assert Decimal("0.02") == costs["o-bulk-2", Channel.SMS]


class Noting(Around):
    """Notes the messages of which receipts are kept that are nobody's so far."""

    def __init__(self, inner: Any, noted: set[str]) -> None:
        super().__init__(inner)
        self.noted = noted

    def change(self, changes: Sequence[tuple[ReceiptLog | None, ReceiptLog]]) -> set[str]:
        self.noted |= {new.message_id for _, new in changes if new.notification_id is None}
        written: set[str] = self.inner.change(changes)
        return written


def test_of_counting_the_story_has_everything_in_it(day: Stage) -> None:
    """Lanes side by side, changes that never come, and rows that are counted beyond their end."""
    assert all(lane.brought for lane in day.changes.lanes)
    assert WITHHELD.keys() == {_of(all_rows(day)[each]) for each, _ in day.changes.withheld}
    assert day.journal.metrics
    figures = in_all(day.rollups.buckets(["2026-03-02", "2026-03-04"]).values())
    assert len(day.ledger.rows) < len(all_rows(day)) == figures.notifications


def _of(row: Notification) -> tuple[str, Channel]:
    return row.order.order_id, row.channel


def test_one_batch_takes_two_waves(day: Stage) -> None:
    batches = [each for each in day.journal.invocations if len(each.owners) > 1]
    waves = Counter(call.owner for call in day.journal.calls)
    # What is suppressed is not sent: a wave may hold fewer than it takes. A message that
    # is throttled makes a second wave, too.
    assert batches
    assert all(0 < waves[batch.owners[0]] <= WAVE for batch in batches)


def test_a_finding_says_how_to_see_it_again() -> None:
    call = Call(
        number=37,
        function="sweeper",
        port="notifications_topic",
        method="publish",
        size=2,
        kinds=(),
    )
    point = Point(number=37, fault=Fault.LOST_ANSWER)
    shown = str(Finding(point=point, call=call, breaks=("P1: it is stuck",)))
    assert "P1: it is stuck" in shown
    assert f"{COMMAND} --point 37 --fault lost-answer" in shown


def test_a_finding_of_two_faults_says_so_too() -> None:
    call = Call(
        number=37,
        function="sweeper",
        port="notifications_topic",
        method="publish",
        size=2,
        kinds=(),
    )
    point = Point(number=37, fault=Fault.LOST_ANSWER)
    then = Point(number=41, fault=Fault.CRASH_AFTER)
    shown = str(Finding(point=point, call=call, then=then, breaks=("P1: it is stuck",)))
    assert "--point 37 --fault lost-answer --then-point 41 --then-fault crash-after" in shown


def test_a_point_has_the_same_number_in_every_process() -> None:
    assert _run("--list", seed="1") == _run("--list", seed="2")


def test_a_replay_tells_what_happens_in_order() -> None:
    number = next(call.number for call in calls() if call.method == "claim")
    shown = _run("--point", str(number), "--fault", "lost-answer", seed="1").splitlines()
    (there,) = [line for line in shown if "<<< lost-answer" in line]
    assert f"#{number} " in there
    assert "o-urgent/sms" in there
    assert "No promise is broken." == shown[-1]


def _run(*arguments: str, seed: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.explorer", *arguments],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout


def _is_port(each: type) -> bool:
    defined_here = each.__module__ in {module.__name__ for module in DEFINING}
    return getattr(each, "_is_protocol", False) and defined_here
