"""`ordercast resend`: a message goes out once more by its number, after a dry run, with a reason on record."""

import json

import pytest
from msgspec.structs import replace

from ordercast.cli import resend as command
from ordercast.events.identity import resend_id
from ordercast.notifications.lifecycle import State
from ordercast.operations import resending
from ordercast.settings.stage_files import stage_settings
from tests.examples import notification
from tests.fakes.audit_trail import FakeAuditTrail
from tests.fakes.ledger import FakeLedger
from tests.fakes.world import World

SENT = notification(1, state=State.DELIVERED, due_at=None, recipient="ada@example.com")
DOUBT = notification(2, state=State.IN_DOUBT, due_at=None, recipient="ada@example.com")
AGAIN = resend_id(SENT.id, 1)
WHY = ("--reason", "she asked for it")


class Stage:
    """A stage in memory."""

    def __init__(self) -> None:
        self.world = World()
        self.world.enter(SENT, DOUBT)
        settings = stage_settings("local")
        self.settings = replace(settings, allowed_recipients="*", quiet_hours="")

    def ledger(self) -> FakeLedger:
        return self.world.ledger


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The stage that the command is about."""
    stage = Stage()
    monkeypatch.setattr(command, "target", lambda _name, _cloud: stage)
    monkeypatch.setattr(
        resending, "notifications_topic_of", lambda _: stage.world.notifications_topic
    )
    return stage


def acts(trail: FakeAuditTrail) -> list[tuple[str, str, str, str | None]]:
    return [(a.verb, a.of, a.reason, trail.outcomes.get(k)) for k, a in trail.acts.items()]


def test_without_yes_it_says_what_would_be_sent_and_changes_nothing(run, stage, trail) -> None:
    status, out, _ = run("resend", SENT.id)

    assert 0 == status
    assert f"confirmed, e-mail to a···@example.com, order o-1: resend 1 {AGAIN}: requested." in out
    assert "Nothing was changed; --yes does it." in out
    assert ([], False) == (acts(trail), AGAIN in stage.world.ledger.rows)


def test_it_is_sent_once_more_and_a_repetition_is_the_same_message(run, stage, trail) -> None:
    assert 0 == run("resend", SENT.id, "--yes", *WHY)[0]
    again = run("resend", SENT.id, "--yes", *WHY)[1]
    stage.world.send_published()

    assert {AGAIN: 1} == stage.world.got()
    assert f"resend 1 was there: {AGAIN}" in again
    assert "--number 2 would send it once more" in again
    of = f"{SENT.id} number 1"
    assert [
        ("resend", of, WHY[1], f"resend 1 {AGAIN}: requested"),
        ("resend", of, WHY[1], f"resend 1 was there: {AGAIN}: requested"),
    ] == acts(trail)


def test_a_text_in_doubt_is_sent_only_where_it_may_come_twice(run, stage, trail) -> None:
    status, _, err = run("resend", DOUBT.id, "--yes", *WHY)
    assert 1 == status
    assert "it is in doubt: nobody knows whether it was sent" in err
    assert "--may-double" in err
    assert [] == acts(trail)

    assert 0 == run("resend", DOUBT.id, "--may-double", "--yes", *WHY)[0]
    [(_, of, _, _)] = acts(trail)
    assert of.endswith("number 1, may double")


def test_as_json(run, stage) -> None:
    said = json.loads(run("resend", SENT.id, "--yes", "--json", *WHY)[1])
    assert {
        "done": True,
        "first": SENT.id,
        "number": 1,
        "was_there": False,
        "id": AGAIN,
        "state": "requested",
        "rule": None,
    } == said


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((SENT.id, "--yes"), "--reason: say why"),
        ((SENT.id, "--number", "2"), "there is no resend 1"),
        (("o-1", "--yes", *WHY), "no message o-1 is known"),
        ((notification(9).id, "--yes", *WHY), "is known"),
        (("", "--yes", *WHY), "no name is given"),
    ],
)
def test_what_is_not_clear_is_refused_in_a_line(run, stage, trail, words, complaint) -> None:
    status, _, err = run("resend", *words)
    assert 1 == status
    assert complaint in err
    assert [] == acts(trail)


def test_an_act_that_cannot_be_kept_is_not_done(run, stage, trail: FakeAuditTrail) -> None:
    trail.unavailable = True
    assert 1 == run("resend", SENT.id, "--yes", *WHY)[0]
    assert AGAIN not in stage.world.ledger.rows
