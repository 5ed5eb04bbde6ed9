"""A parked payload is corrected in the console: shown when asked, checked by field, kept with a reason; a redrive says what came of it."""

import json
import re
from datetime import timedelta

import pytest

from ordercast.console.redrives import FOLLOWED_FOR
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from tests.console.asking import Browser
from tests.console.example_stage import MALFORMED, Example
from tests.examples import payload

GOOD = payload(order_id="o-77", event_id="e-77").decode()
BAD = payload(order_id="", event_id="e-77", status=7).decode()
FIRST = json.loads(MALFORMED)


def seen(page: str) -> str:
    [digest] = re.findall(r'name="seen" value="(\w+)"', page)
    return digest


def acts(on: Example) -> list[tuple[str, str, str, str | None]]:
    trail = on.target.trail
    return [(a.verb, a.of, a.reason, trail.outcomes.get(k)) for k, a in trail.acts.items()]


def test_a_payload_is_shown_in_a_field_when_asked_and_that_is_kept(
    on: Example, actor: Browser
) -> None:
    page = actor.post("/parked/edit", {"id": "101"}).body
    assert "ada@example.com" in page
    assert "/parked/edit/keep" not in page
    assert [("show", "101", "", "its payload was shown")] == acts(on)
    assert [] == on.store.edited


def test_problems_are_listed_by_field_beside_it_and_nothing_is_kept(
    on: Example, actor: Browser
) -> None:
    page = actor.post("/parked/edit/check", {"id": "101", "payload": BAD}).body
    assert "It would be parked again:" in page
    assert "<strong>order_id</strong>" in page
    assert "<strong>status</strong>" in page
    assert 'aria-invalid="true"' in page
    assert ([], []) == (on.store.edited, acts(on))


def test_what_was_checked_is_kept_with_its_reason_and_redriven(on: Example, actor: Browser) -> None:
    form = {"id": "101", "payload": GOOD.replace(", ", ",\r\n")}
    checked = actor.post("/parked/edit/check", form).body
    assert "The relay would take it." in checked
    form |= {"seen": seen(checked), "reason": "the shop said so"}
    assert "a corrected payload is kept" in actor.post("/parked/edit/keep", form).body
    assert "it is kept already" in actor.post("/parked/edit/keep", form).body

    [edit] = on.store.edited
    assert ("ada", "the shop said so") == (edit.note.by, edit.note.reason)
    assert json.loads(GOOD) == json.loads(edit.payload)
    assert b"\r" not in edit.payload
    assert MALFORMED == next(
        each.record.payload for each in on.store.kept if each.record.position == "101"
    )
    assert "corrected by ada" in actor.get("/parked/groups").body
    assert ("edit", "101", "the shop said so") == acts(on)[0][:3]


@pytest.mark.parametrize(
    ("lacking", "asked"),
    [
        ({"reason": ""}, "Give a reason."),
        ({"seen": ""}, "It changed since it was checked"),
        ({"payload": BAD}, "It changed since it was checked"),
    ],
)
def test_without_a_reason_or_after_a_change_it_is_not_kept(
    on: Example, actor: Browser, lacking: dict[str, str], asked: str
) -> None:
    form = {"id": "101", "payload": GOOD, "reason": "mended"}
    form["seen"] = seen(actor.post("/parked/edit/check", form).body)

    assert asked in actor.post("/parked/edit/keep", form | lacking).body
    assert ([], []) == (on.store.edited, acts(on))


def test_what_would_be_parked_again_is_kept_only_if_that_is_meant(
    on: Example, actor: Browser
) -> None:
    form = {"id": "101", "payload": BAD, "reason": "mended"}
    form["seen"] = seen(actor.post("/parked/edit/check", form).body)
    assert "It would be parked again." in actor.post("/parked/edit/keep", form).body
    assert [] == on.store.edited

    actor.post("/parked/edit/keep", form | {"force": "yes"})
    assert [BAD.encode()] == [each.payload for each in on.store.edited]


@pytest.mark.parametrize("path", ["/parked/edit", "/parked/edit/check", "/parked/edit/keep"])
def test_without_allow_actions_no_payload_is_opened_or_kept(
    on: Example, reader: Browser, path: str
) -> None:
    assert 403 == reader.post(path, {"id": "101", "payload": GOOD}).status
    assert ([], []) == (on.store.edited, acts(on))
    assert "/parked/edit" not in reader.get("/parked/groups").body


def test_what_is_no_record_or_not_parked_any_more_is_not_corrected(actor: Browser) -> None:
    for id_ in ("nonesuch", ""):
        assert 400 == actor.post("/parked/edit", {"id": id_}).status


def test_a_redrive_says_what_came_of_it_and_asks_until_it_is_known(
    on: Example, actor: Browser
) -> None:
    redriven = _redriven(actor)
    [path] = re.findall(r'hx-get="(/parked/outcomes/[^"]+)"', redriven)
    first = actor.get(path).body
    assert "not seen yet" in first
    assert f'hx-get="{path}"' in first

    on.target.world.relay(*(put for _, put in on.stream.puts), at=1001)
    on.target.world.send_published()
    last = actor.get(path).body
    assert "relayed: 1 message: 1 suppressed (no-consent)" in last
    assert "/orders/" in last
    assert "hx-get" not in last


def test_what_is_parked_again_is_said_with_its_reason(on: Example, actor: Browser) -> None:
    [path] = re.findall(r'hx-get="(/parked/outcomes/[^"]+)"', _redriven(actor))
    ((key, put),) = on.stream.puts
    kept = StreamRecord(sequence_number="9001", partition_key=key, arrived_at=on.now, payload=put)
    again = ParkedRecord(record=kept, reason="bug:KeyError", detail="")
    on.store.kept = [*on.store.kept, again]

    assert "parked again: bug:KeyError" in actor.get(path).body


def test_a_page_stops_asking_after_a_minute(on: Example, actor: Browser) -> None:
    [path] = re.findall(r'hx-get="(/parked/outcomes/[^"]+)"', _redriven(actor))
    on.now += FOLLOWED_FOR + timedelta(seconds=1)
    page = actor.get(path).body
    assert "Not all of it is known after a minute." in page
    assert "hx-get" not in page
    assert 404 == actor.get("/parked/outcomes/unknown").status


def _redriven(actor: Browser) -> str:
    form = {"id": "101", "verb": "redrive"}
    form |= {"seen": seen(actor.post("/parked/plan", form).body), "reason": "mended"}
    return actor.post("/parked/act", form).body
