"""Shops hear of every message at least once, and the highest version that they hear is the ledger's.

The function runs on the model of Lambda's event source mappings, on the stream of a ledger whose
rows change; at each of its calls in turn it ends before or after, is refused, loses its answer, or
does half of the batch.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from msgspec.structs import replace

from lambda_event_sources.harness import run_handler
from lambda_event_sources.mapping import SourceKind
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.status_events.public_states import public
from ordercast.status_events.status_event import StatusEvent
from ordercast.wiring.status_events import publish_status_events
from processors import status_events
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.status_topic import FakeStatusTopic
from tests.status_events.changes import record

LIVES: tuple[tuple[State, ...], ...] = (
    (State.REQUESTED, State.SENDING, State.SENT, State.DELIVERED),
    (State.SUPPRESSED,),
    (State.DEFERRED, State.REQUESTED, State.SENDING, State.IN_DOUBT, State.SENT),
    (State.REQUESTED, State.SENDING, State.SENT, State.FAILED, State.DELIVERED),
    (State.REQUESTED, State.SENDING, State.REQUESTED, State.SENDING, State.PARKED),
)
"""The states of each row, one version after the other; none rests while a sender has claimed it."""

CALLS = 8
"""More than the function makes without a fault."""

FAULTS = ("crash before", "crash after", "refused", "answer lost", "half", "half, answer lost")


class Crash(Exception):
    """The function ends here."""


class FaultyTopic:
    """A topic whose call of one number meets a fault."""

    def __init__(self, fault: str, at: int) -> None:
        self.kept = FakeStatusTopic()
        self._fault, self._at, self._calls = fault, at, count()
        self.met = False

    def publish(self, events: Sequence[StatusEvent]) -> set[str]:
        if next(self._calls) != self._at:
            return self.kept.publish(events)
        self.met = True
        match self._fault:
            case "crash before":
                raise Crash
            case "crash after":
                self.kept.publish(events)
                raise Crash
            case "refused":
                return set()
            case "answer lost":
                self.kept.publish(events)
                return set()
            case "half":
                return self.kept.publish(events[::2])
        self.kept.publish(events[::2])
        return set()


def _life() -> tuple[dict[str, Notification], list[dict[str, Any]]]:
    """Return the ledger's rows at the end, and the changes that led there, mixed."""
    rows, changes = dict[str, Notification](), list[tuple[int, Notification]]()
    for number, states in enumerate(LIVES, start=1):
        for version, state in enumerate(states, start=1):
            row = notification(number, state=state, version=version)
            rows[row.id] = row
            changes.append((number * 2 + version, row))  # a batch has several of a row
    ordered = [row for _, row in sorted(changes, key=lambda each: each[0])]
    return rows, [
        record(row, number=n, at=START + timedelta(seconds=n))
        | {"eventSource": "aws:dynamodb", "eventSourceARN": ARN, "eventID": str(n)}
        for n, row in enumerate(ordered, start=101)
    ]


ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/Ledger/stream/2026-03-02T09:30:00.000"


def _play(topic: FaultyTopic, changes: list[dict[str, Any]]) -> None:
    publish = publish_status_events(topic, stage="dev")
    log = Logger(service="promise", level="CRITICAL")
    run_handler(
        lambda event, _: status_events.respond(event, publish, log),
        changes,
        source=SourceKind.DYNAMODB,
        batch_size=4,
        max_batching_window=timedelta(seconds=5),
        bisect_batch_on_error=True,
    )


def _highest(published: Sequence[StatusEvent]) -> dict[str, StatusEvent]:
    """Return what a consumer keeps, in whatever order and number events come."""
    kept: dict[str, StatusEvent] = {}
    for event in (*published, *reversed(published)):
        known = kept.get(event.subject)
        if known is None or known.data.version < event.data.version:
            kept[event.subject] = event
    return kept


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", range(CALLS))
def test_whatever_a_call_meets_the_highest_version_is_the_ledger_s(fault: str, call: int) -> None:
    rows, changes = _life()
    topic = FaultyTopic(fault, call)
    _play(topic, changes)

    told = {i: (e.data.version, e.data.state) for i, e in _highest(topic.kept.published).items()}
    assert {i: (r.version, public(r.state, r.rule)[0]) for i, r in rows.items()} == told


@pytest.mark.parametrize("fault", FAULTS)
def test_what_comes_twice_is_the_same_event_under_the_same_id(fault: str) -> None:
    for call in range(CALLS):
        topic = FaultyTopic(fault, call)
        _play(topic, _life()[1])
        by_id = {each.id: each for each in topic.kept.published}
        assert all(each == by_id[each.id] for each in topic.kept.published)


def test_the_faults_are_met() -> None:
    """Without calls there would be nothing to lose."""
    met = []
    for call in range(CALLS):
        topic = FaultyTopic("refused", call)
        _play(topic, _life()[1])
        met.append(topic.met)
    assert all(met[:4])
    assert not met[-1]


def test_a_lost_change_is_mended_by_the_next_of_the_same_message() -> None:
    """Also where the public state is the same: nothing is compared with the change before."""
    row = notification(state=State.SENT, version=3)
    later = replace(row, version=4)
    topic = FaultyTopic("refused", -1)
    _play(topic, [record(later) | {"eventSource": "aws:dynamodb", "eventSourceARN": ARN}])

    assert [(4, "sent")] == [(e.data.version, e.data.state) for e in topic.kept.published]
