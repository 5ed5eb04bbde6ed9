"""`ordercast cancel`: what waits of a message, an order or a campaign, after a dry run, with a reason on record."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ordercast.cli import cancel as command
from ordercast.events.identity import order_of
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.operations import named_messages
from tests.examples import notification
from tests.fakes.audit_trail import FakeAuditTrail
from tests.fakes.ledger import FakeLedger

NOW = datetime.now(UTC)
WAITS = notification(1, campaign="spring", due_at=NOW)
SENT = notification(1, Channel.SMS, state=State.SENT, due_at=None)
OTHER = notification(2, due_at=NOW)
WHY = ("--reason", "wrong link")


class Stage:
    """A stage with a ledger in memory; orders are of one shop."""

    def __init__(self) -> None:
        self.kept = FakeLedger(rows={row.id: row for row in (WAITS, SENT, OTHER)})

    def ledger(self) -> FakeLedger:
        return self.kept


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The stage that the command is about."""
    stage = Stage()
    monkeypatch.setattr(command, "target", lambda _name, _cloud: stage)
    monkeypatch.setattr(named_messages, "shops_of", lambda *_, **__: [None, "Example Tea"])
    return stage


def acts(trail: FakeAuditTrail) -> list[tuple[str, str, str, str | None]]:
    return [(a.verb, a.of, a.reason, trail.outcomes.get(k)) for k, a in trail.acts.items()]


def cancelled(stage: Stage) -> set[str]:
    return {row.id for row in stage.kept.rows.values() if row.rule == "cancelled"}


def test_without_yes_it_says_what_would_be_cancelled_and_changes_nothing(run, stage, trail) -> None:
    status, out, _ = run("cancel", "o-1")

    assert 0 == status
    assert "1 message can be cancelled: 1 requested." in out
    assert "Left alone: 1 sent." in out
    assert "Nothing was changed; --yes does it." in out
    assert (set(), []) == (cancelled(stage), acts(trail))


def test_an_order_s_waiting_message_is_cancelled_and_kept_in_the_trail(run, stage, trail) -> None:
    status, out, _ = run("cancel", "o-1", "--yes", *WHY)

    assert 0 == status
    assert "1 message cancelled; left alone: 1 sent." in out
    assert {WAITS.id} == cancelled(stage)
    outcome = "1 message cancelled; left alone: 1 sent"
    assert [("cancel", f"order {order_of(WAITS.id)}", "wrong link", outcome)] == acts(trail)


def test_a_message_is_cancelled_by_its_id_and_again_without_effect(run, stage, trail) -> None:
    assert "1 message cancelled." in run("cancel", OTHER.id, "--yes", *WHY)[1]
    once = dict(stage.kept.rows)

    assert (
        "0 messages cancelled; left alone: 1 suppressed."
        in (run("cancel", OTHER.id, "--yes", *WHY)[1])
    )
    assert once == stage.kept.rows


def test_of_a_campaign_it_says_how_far_it_looked(run, stage, trail) -> None:
    status, out, _ = run("cancel", "--campaign", "spring", "--yes", *WHY)

    assert (0, {WAITS.id}) == (status, cancelled(stage))
    assert "Looked at 2 waiting messages: all of the stage." in out
    assert "ordercast pause --campaign spring" in out
    assert ["campaign spring"] == [of for _, of, *_ in acts(trail)]


def test_a_campaign_of_which_it_did_not_look_at_all_is_said_to_have_more(run, stage) -> None:
    out = run("cancel", "--campaign", "spring", "--most", "1")[1]
    assert "Looked at 1 waiting message, and there are more: --most 10 looks further." in out


def test_as_json_it_counts_by_state(run, stage) -> None:
    said: dict[str, Any] = json.loads(run("cancel", "o-1", "--yes", "--json", *WHY)[1])
    assert {
        "done": True,
        "found": {"requested": 1},
        "cancelled": {"suppressed": 1},
        "left_alone": {"sent": 1},
        "changed_meanwhile": 0,
        "looked_at": 2,
        "looked_at_all": True,
    } == said


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("o-1", "--yes"), "--reason: say why"),
        ((), "cancel what?"),
        (("o-1", "--campaign", "spring"), "cancel what?"),
        (("", "--yes", *WHY), "no name is given"),
        (("--campaign", " ", "--yes", *WHY), "--campaign: no name is given"),
        (("--campaign", "spring", "--shop", "Tea"), "--shop goes with an order"),
        (("o-9", "--yes", *WHY), "no message or order o-9 is known"),
        (("o-1", "--shop", "Other", "--yes", *WHY), "no message or order o-1 is known"),
    ],
)
def test_what_is_not_clear_is_refused_in_a_line(run, stage, trail, words, complaint) -> None:
    status, _, err = run("cancel", *words)

    assert 1 == status
    assert complaint in err
    assert (set(), []) == (cancelled(stage), acts(trail))


def test_an_order_of_two_shops_is_refused_until_one_is_named(run, stage, monkeypatch) -> None:
    monkeypatch.setattr(
        named_messages, "shops_of", lambda *_, **__: ["Example Tea", "Example Tea "]
    )
    monkeypatch.setattr(named_messages, "order_hash_for", lambda **_: order_of(WAITS.id))

    assert "order o-1 is of several shops" in run("cancel", "o-1", "--yes", *WHY)[2]
    assert set() == cancelled(stage)
    assert 0 == run("cancel", "o-1", "--shop", "Example Tea", "--yes", *WHY)[0]


def test_an_act_that_cannot_be_kept_is_not_done(run, stage, trail: FakeAuditTrail) -> None:
    trail.unavailable = True

    assert 1 == run("cancel", "o-1", "--yes", *WHY)[0]
    assert set() == cancelled(stage)


def test_what_changes_all_the_time_ends_with_status_1(run, stage, monkeypatch) -> None:
    monkeypatch.setattr(FakeLedger, "change", lambda *_: set())

    status, _, err = run("cancel", "o-1", "--yes", *WHY)

    assert (1, True) == (status, "1 message changed meanwhile" in err)
