"""Resend and cancel in the console: what would happen first, with a reason, once, on record."""

import re

import pytest
from msgspec.structs import replace

from ordercast.events.identity import order_of, resend_id
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from tests.console.asking import Browser
from tests.console.example_stage import Example

WHY = {"reason": "she asked for it"}


def of_state(on: Example, state: State) -> Notification:
    return next(row for row in on.target.world.ledger.rows.values() if row.state is state)


@pytest.fixture
def delivered(on: Example) -> Notification:
    """A message that arrived."""
    row = replace(of_state(on, State.SENT), state=State.DELIVERED)
    on.target.world.ledger.rows[row.id] = row
    return row


@pytest.fixture
def waiting(on: Example) -> Notification:
    """A text that waits behind a pause."""
    return of_state(on, State.DEFERRED)


def acts(on: Example) -> list[tuple[str, str, str, str | None]]:
    trail = on.target.trail
    return [(a.verb, a.of, a.reason, trail.outcomes.get(k)) for k, a in trail.acts.items()]


def typed(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_the_order_s_page_offers_what_may_be_done_only_where_it_may(
    reader: Browser, actor: Browser, delivered: Notification, waiting: Notification
) -> None:
    for row, verb in ((delivered, "resend"), (waiting, "cancel")):
        page = f"/orders/{order_of(row.id)}"
        assert "/messages/plan" not in reader.get(page).body
        assert f'name="verb" value="{verb}"' in actor.get(page).body


def test_a_resend_is_planned_then_done_once_and_linked_both_ways(
    on: Example, actor: Browser, delivered: Notification
) -> None:
    asked = actor.post("/messages/plan", {"id": delivered.id, "verb": "resend"}).body
    assert "resend 1, a message of its own" in asked
    assert delivered.recipient
    assert delivered.recipient not in asked
    assert [] == acts(on)

    form = {**typed(asked), "verb": "resend", **WHY}
    again = resend_id(delivered.id, 1)
    where = f"/orders/{order_of(delivered.id)}"
    for _ in range(2):  # a double click
        done = actor.post("/messages/act", form)
        assert (303, f"{where}#{again}") == (done.status, done.headers["location"])
    on.target.world.send_published()

    assert 1 == on.target.world.got()[again]
    assert ("resend", f"{delivered.id} number 1", WHY["reason"]) == acts(on)[0][:3]
    page = actor.get(where).body
    assert f'Sent again as <a href="#{again}">resend 1</a>' in page
    assert f'Resend 1 of <a href="#{delivered.id}">the first</a>' in page


def test_what_may_come_twice_is_sent_only_where_that_is_said(
    on: Example, actor: Browser, delivered: Notification
) -> None:
    doubt = replace(delivered, state=State.IN_DOUBT)
    on.target.world.ledger.rows[doubt.id] = doubt
    asked = actor.post("/messages/plan", {"id": doubt.id, "verb": "resend"}).body
    assert "It is in doubt" in asked
    assert 'name="may_double" value="yes" required' in asked

    form = {**typed(asked), "verb": "resend", **WHY}
    assert 400 == actor.post("/messages/act", form).status
    assert [] == acts(on)
    assert 303 == actor.post("/messages/act", {**form, "may_double": "yes"}).status


def test_what_waits_is_cancelled_after_it_was_shown(
    on: Example, actor: Browser, waiting: Notification
) -> None:
    asked = actor.post("/messages/plan", {"id": waiting.id, "verb": "cancel"}).body
    assert "Cancel 1 message?" in asked
    assert waiting == on.target.world.row(waiting.id)

    form = {**typed(asked), "verb": "cancel", **WHY}
    assert "1 message cancelled" in actor.post("/messages/act", form).body
    row = on.target.world.row(waiting.id)
    assert (State.SUPPRESSED, "cancelled") == (row.state, row.rule)
    assert [("cancel", waiting.id, WHY["reason"], "1 message cancelled")] == acts(on)
    assert "Nothing of it waits any more" in actor.post("/messages/act", form).body
    assert 1 == len(acts(on))


def test_an_order_s_waiting_messages_are_cancelled_together(
    on: Example, actor: Browser, waiting: Notification
) -> None:
    order = order_of(waiting.id)
    other = replace(waiting, id=resend_id(waiting.id, 1))
    on.target.world.ledger.rows[other.id] = other
    assert "Cancel all that waits" in actor.get(f"/orders/{order}").body
    asked = actor.post("/messages/plan", {"order": order, "verb": "cancel"}).body

    assert "2 messages cancelled" in (
        actor.post("/messages/act", {**typed(asked), "verb": "cancel", **WHY}).body
    )


@pytest.mark.parametrize("lacking", ["reason", "seen"])
def test_without_a_reason_or_after_a_change_it_asks_again(
    on: Example, actor: Browser, waiting: Notification, lacking: str
) -> None:
    asked = actor.post("/messages/plan", {"id": waiting.id, "verb": "cancel"}).body
    form = {**typed(asked), "verb": "cancel", **WHY, lacking: ""}
    assert "Cancel 1 message?" in actor.post("/messages/act", form).body
    assert (waiting, []) == (on.target.world.row(waiting.id), acts(on))


def test_a_resend_without_a_reason_is_asked_for_one(
    on: Example, actor: Browser, delivered: Notification
) -> None:
    form = {"id": delivered.id, "number": "1", "verb": "resend"}
    assert "Give a reason." in actor.post("/messages/act", form).body
    assert [] == acts(on)


@pytest.mark.parametrize(
    "form",
    [
        {"verb": "drop", "id": "x"},
        {"verb": "cancel"},
        {"verb": "cancel", "order": "nonesuch"},
        {"verb": "resend", "id": "nonesuch", "number": "1"},
        {"verb": "resend", "number": "1"},
    ],
)
def test_nothing_is_meant_by_accident(on: Example, actor: Browser, form: dict[str, str]) -> None:
    assert 400 == actor.post("/messages/plan", form).status
    assert 400 == actor.post("/messages/act", form | WHY).status
    assert [] == acts(on)


def test_what_waits_is_not_sent_again_and_the_page_says_why(
    actor: Browser, waiting: Notification
) -> None:
    said = actor.post("/messages/plan", {"id": waiting.id, "verb": "resend"})
    assert (400, True) == (said.status, "still waits" in said.body)
