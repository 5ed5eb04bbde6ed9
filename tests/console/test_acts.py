"""What an operator does in the console: dry run first, with a reason, kept in the audit trail, once."""

import re

import pytest

from ordercast.notifications.lifecycle import State
from ordercast.parked.short_ids import letters_of
from tests.console.asking import Browser
from tests.console.example_stage import MALFORMED, PAUSE, Example

ONE = {"id": "101", "verb": "redrive"}
GROUP = {"kind": "record", "reason_of": "not-json", "verb": "drop"}


def seen(page: str) -> str:
    [digest] = re.findall(r'name="seen" value="(\w+)"', page)
    return digest


def acts(on: Example) -> list[tuple[str, str, str, str | None]]:
    trail = on.target.trail
    return [(a.verb, a.of, a.reason, trail.outcomes.get(k)) for k, a in trail.acts.items()]


def test_what_is_parked_is_listed_by_reason_without_payloads(reader: Browser) -> None:
    page = reader.get("/parked/groups").body
    assert "3 parked, for 3 reasons." in page
    assert "malformed-order-event" in page
    assert "out-of-attempts" in page
    assert "ada@example.com" not in page
    assert "/parked/plan" not in page


def test_a_payload_is_shown_when_asked_and_that_is_kept(on: Example, reader: Browser) -> None:
    shown = reader.post("/parked/payload", {"id": "101"}).body
    assert MALFORMED.decode().replace('"', "&#34;") in shown
    assert [("show", "101", "", "its payload was shown")] == acts(on)


def test_a_redrive_shows_first_what_it_would_do_and_changes_nothing(
    on: Example, actor: Browser
) -> None:
    plan = actor.post("/parked/plan", ONE)
    assert "Redrive 1 parked item?" in plan.body
    assert "order_id: is missing" in plan.body
    assert ([], []) == (on.stream.puts, acts(on))


def test_what_was_planned_is_done_with_its_reason_once(on: Example, actor: Browser) -> None:
    form = ONE | {"seen": seen(actor.post("/parked/plan", ONE).body), "reason": "mended"}
    assert "1 of 1 redriven" in actor.post("/parked/act", form).body
    again = actor.post("/parked/act", form).body

    assert "not parked any more" in again
    assert [("o-101", MALFORMED)] == on.stream.puts
    assert [("redrive", "101", "mended", "1 of 1 redriven")] == acts(on)


def test_a_short_id_is_taken_for_its_item(on: Example, actor: Browser) -> None:
    assert letters_of("101")[:6] in actor.get("/parked/groups").body
    plan = actor.post("/parked/plan", ONE | {"id": letters_of("101")[:6]}).body

    assert "Redrive 1 parked item?" in plan
    assert "not parked any more" in actor.post("/parked/plan", ONE | {"id": "10"}).body


def test_a_group_is_dropped_and_nothing_beside_it(on: Example, actor: Browser) -> None:
    form = GROUP | {"seen": seen(actor.post("/parked/plan", GROUP).body), "reason": "a test's"}
    assert "1 of 1 dropped" in actor.post("/parked/act", form).body
    assert {"102": "dropped"} == on.store.notes


@pytest.mark.parametrize("lacking", ["reason", "seen"])
def test_without_a_reason_or_after_a_change_it_asks_again(
    on: Example, actor: Browser, lacking: str
) -> None:
    form = ONE | {"seen": seen(actor.post("/parked/plan", ONE).body), "reason": "mended"}
    asked = actor.post("/parked/act", form | {lacking: ""}).body
    assert "Redrive 1 parked item?" in asked
    assert ([], []) == (on.stream.puts, acts(on))


@pytest.mark.parametrize("form", [{"verb": "drop"}, {"verb": "drop", "kind": "every"}, {"id": ""}])
def test_nothing_is_meant_by_accident(on: Example, actor: Browser, form: dict[str, str]) -> None:
    assert 400 == actor.post("/parked/plan", form).status
    assert 400 == actor.post("/parked/act", form | {"reason": "a trial"}).status
    assert {} == on.store.notes


def test_an_act_that_cannot_be_kept_is_not_done(on: Example, actor: Browser) -> None:
    form = ONE | {"seen": seen(actor.post("/parked/plan", ONE).body), "reason": "mended"}
    on.target.trail.unavailable = True
    assert 503 == actor.post("/parked/act", form).status
    assert [] == on.stream.puts


def test_messages_are_held_back_and_let_go_with_a_reason(on: Example, actor: Browser) -> None:
    plan = actor.post("/pause/plan", {"country": "Sweden", "shop": "Example Tea"}).body
    assert "Hold back texts to SE of shop Example Tea?" in plan
    assert (PAUSE,) == on.target.world.ledger.holds
    paused = actor.post("/pause/act", {"shop": "Example Tea", "reason": "a trial"})
    assert (303, "/") == (paused.status, paused.headers["location"])
    [hold] = [each for each in on.target.world.ledger.holds if each != PAUSE]
    assert ("ada", "a trial") == (hold.by, hold.reason)

    assert "1 message waiting" in actor.post("/resume/plan", {"hold": PAUSE.id}).body
    assert 303 == actor.post("/resume/act", {"hold": PAUSE.id, "reason": "mended"}).status
    assert [hold] == [each for each in on.target.world.ledger.holds if each.is_active]
    assert ["pause", "resume"] == [verb for verb, *_ in acts(on)]
    assert 400 == actor.post("/resume/act", {"hold": PAUSE.id, "reason": "mended"}).status


@pytest.mark.parametrize(
    "form",
    [
        {"reason": "a trial"},
        {"channel": "sms"},
        {"channel": "fax", "reason": "a trial"},
        {"country": "Atlantis", "reason": "a trial"},
        {"country": "Sweden", "channel": "email", "reason": "a trial"},
    ],
)
def test_a_pause_without_scope_or_reason_is_refused(
    on: Example, actor: Browser, form: dict[str, str]
) -> None:
    assert 400 == actor.post("/pause/act", form).status
    assert (PAUSE,) == on.target.world.ledger.holds


def test_a_parked_notification_leads_to_its_order(on: Example, reader: Browser) -> None:
    [row] = [r for r in on.target.world.ledger.rows.values() if r.state is State.PARKED]
    assert f"/orders/{row.id[:22]}" in reader.get("/parked/groups").body
    assert "out-of-attempts" in reader.get(f"/orders/{row.id[:22]}").body
