"""`ordercast parked redrive --wait` says what came of each item, or that it is not known in time."""

import json
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from ordercast.cli import parked_redrive
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.parked.short_ids import letters_of
from tests.cli.parked_stage import ParkedStage, parked_stage
from tests.examples import payload
from tests.fakes.parked_store import FakeParkedStore

GOOD = payload(order_id="o-7", event_id="e-7")
SHORT = letters_of("101")[:6]


class Waiting:
    """The time, which passes only while the command waits; then what is given happens."""

    def __init__(self, on: ParkedStage) -> None:
        self.now = on.world.now
        self.then = lambda: None
        self.waits: list[datetime] = []

    def until(self, moment: datetime) -> None:
        self.now.turn(moment - self.now())
        self.waits.append(moment)
        self.then()
        self.then = lambda: None


@pytest.fixture
def run(run_parked):
    return run_parked


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> ParkedStage:
    """A stage on which a record is parked that a bug, mended since, parked."""
    return parked_stage(GOOD, monkeypatch)


@pytest.fixture
def waiting(on: ParkedStage, monkeypatch: pytest.MonkeyPatch) -> Waiting:
    made = Waiting(on)
    monkeypatch.setattr(parked_redrive, "wait_until", made.until)
    monkeypatch.setattr(parked_redrive, "_now", made.now)
    return made


def test_a_relayed_record_is_said_with_its_messages_and_their_states(run, on, waiting) -> None:
    def relayed() -> None:
        on.world.relay(*(put for _, put in on.stream.puts), at=1001)
        on.world.send_published()

    waiting.then = relayed
    status, out, _ = run("redrive", SHORT, "--wait", "--yes")

    assert 0 == status
    assert "1 of 1 redriven." in out
    assert f"{SHORT}  relayed: 2 messages: 2 sent" in out
    assert "order o-7: sent" in out
    assert "example.com" not in out
    assert 1 == len(waiting.waits)


def test_a_record_that_is_parked_again_is_said_with_its_reason(run, on, waiting) -> None:
    def parked_again() -> None:
        ((key, put),) = on.stream.puts
        kept = StreamRecord(
            sequence_number="1001", partition_key=key, arrived_at=waiting.now(), payload=put
        )
        again = ParkedRecord(record=kept, reason="bug:KeyError", detail="")
        on.store.kept = [*on.store.kept, again]

    waiting.then = parked_again
    status, out, _ = run("redrive", SHORT, "--wait", "--yes")

    assert 1 == status
    assert f"{SHORT}  parked again: bug:KeyError" in out


def test_another_event_of_a_decided_id_is_not_taken_for_relayed(run, on, waiting) -> None:
    """Its decision is another event's: it will be parked."""
    on.world.relay(payload(order_id="o-7", event_id="e-7", status="cancelled"), at=50)
    status, out, _ = run("redrive", SHORT, "--wait", "--within", "4", "--yes")

    assert 1 == status
    assert "not seen yet" in out


def test_an_event_that_was_decided_before_is_said_to_be_a_repetition(run, on, waiting) -> None:
    on.world.relay(GOOD, at=50)
    on.world.send_published()
    waiting.now.turn(timedelta(minutes=1))
    status, out, _ = run("redrive", SHORT, "--wait", "--yes")

    assert 0 == status
    assert "decided before: 2 messages: 2 sent" in out


def test_the_wait_ends_and_says_what_is_not_known(run, on, waiting) -> None:
    status, out, err = run("redrive", SHORT, "--wait", "--within", "7", "--yes")

    assert 1 == status
    assert f"{SHORT}  not seen yet" in out
    assert "Of 1 item it is not known yet" in out
    assert "it is known what came of 0 of 1" in err
    assert timedelta(seconds=7) == waiting.waits[-1] - waiting.waits[0] + timedelta(seconds=2)
    assert 4 >= len(set(waiting.waits))


def test_a_parked_notification_is_followed_until_it_is_sent(run, on, waiting) -> None:
    waiting.then = on.world.send_published
    status, out, _ = run("redrive", "--kind", "notification", "--wait", "--yes", "--json")

    assert 0 == status
    said = json.loads(out)
    assert (1, 1) == (said["redriven"], said["of"])
    (outcome,) = said["outcomes"]
    assert ("published", True) == (outcome["outcome"], outcome["settled"])
    assert [(on.row.id, "sent")] == [(e["id"], e["state"]) for e in outcome["messages"]]


def test_a_notification_that_is_parked_again_is_said_with_its_rule(run, on, waiting) -> None:
    def fails() -> None:
        row = on.world.ledger.rows[on.row.id]
        on.world.ledger.rows[row.id] = replace(row, state=State.PARKED, rule="bug:KeyError:x/en")

    waiting.then = fails
    status, out, _ = run("redrive", "--kind", "notification", "--wait", "--yes")

    assert 1 == status
    assert "parked again: bug:KeyError:x/en" in out


def test_without_wait_nothing_is_waited_for(run, on, waiting) -> None:
    status, out, _ = run("redrive", SHORT, "--yes", "--json")

    assert (0, []) == (status, waiting.waits)
    assert {"redriven": 1, "of": 1, "waiting": 0, "outcomes": []} == json.loads(out)


def test_where_nothing_is_parked_nothing_is_waited_for(run, on, waiting) -> None:
    on.store = FakeParkedStore()
    status, out, _ = run("redrive", "--kind", "record", "--wait", "--yes")

    assert (0, []) == (status, waiting.waits)
    assert "0 of 0 redriven." in out


def test_json_without_yes_says_what_would_be_redriven(run, on) -> None:
    said = json.loads(run("redrive", SHORT, "--json")[1])

    assert (0, 1, "101") == (said["redriven"], said["of"], said["items"][0]["id"])
    assert [] == on.stream.puts
