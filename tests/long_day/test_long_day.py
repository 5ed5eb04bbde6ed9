"""Ten thousand events with all that streams bring, on four lanes a shard; `make prove` takes 100,000."""

import os
import subprocess
import sys

import pytest

from ordercast.notifications.lifecycle import State
from tests.long_day.day import Day

EVENTS = 10_000


@pytest.fixture(scope="module")
def day() -> Day:
    lived = Day(seed=11, events=EVENTS)
    lived.live()
    return lived


def test_every_event_is_accounted_for_and_decided_once_and_no_stale_news_is_sent(day) -> None:
    assert [] == day.wrongs()


def test_the_day_has_everything_in_it(day) -> None:
    """Or it would prove nothing about what is missing."""
    odd = {"malformed", "poison", "faults", "redeliveries", "aggregates", "splits", "merges"}
    assert odd | {"deployments", "repeated by the producer", "records"} == day.story.counts.keys()
    assert {"done", "retried", "bisected", "not_invoked", "superseded"} == {
        each.how for each in day.report.invocations
    }
    assert {0, 1, 2, 3} == {each.lane for each in day.report.invocations}
    assert day.report.discarded
    states = [row.state for row in day.ledger.rows.values()]
    assert min(states.count(State.SENT), states.count(State.SUPPRESSED)) > EVENTS // 20
    assert len(day.report.done) > len(set(day.report.done))


def test_what_is_given_up_is_given_up_for_its_age_however_often_it_was_tried(day) -> None:
    tried = [
        each.failure["requestContext"]["approximateInvokeCount"] for each in day.report.discards
    ]

    assert {"RecordAgeExceeded"} == {each.condition for each in day.report.discards}
    assert max(tried) > 100


def test_a_record_that_is_not_decided_is_noticed(day, monkeypatch) -> None:
    """The sums are no tautology: one lost decision is found."""
    lost = next(iter(day.ledger.decisions))
    monkeypatch.delitem(day.ledger.decisions, lost)

    assert [f"events decided: {EVENTS} expected, {EVENTS - 1} found"] == day.wrongs()


def test_a_pipeline_that_never_looks_for_newer_news_is_noticed(monkeypatch) -> None:
    monkeypatch.setattr("ordercast.sending.send_rules.is_stale", lambda *_: False)
    lived = Day(seed=11, events=2_000)
    lived.live()

    assert any("is old news" in each for each in lived.wrongs())


def test_one_seed_is_one_day_in_every_process() -> None:
    first, again, other = (_digest(seed, hashing) for seed, hashing in ((1, 1), (1, 2), (2, 1)))

    assert first == again
    assert first != other


def _digest(seed: int, hashing: int) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.long_day", "--events", "1000", "--seed", str(seed)],
        env={**os.environ, "PYTHONHASHSEED": str(hashing)},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.splitlines()[-1]
