"""`ordercast parked edit`: a corrected payload is checked, kept beside the first, and redriven in its place."""

import json
from pathlib import Path

import pytest

from ordercast.audit import Verb
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.operations import parked_edit as editing
from ordercast.parked.short_ids import letters_of
from tests.cli.parked_stage import ParkedStage, parked_stage
from tests.examples import payload
from tests.fakes.audit_trail import FakeAuditTrail
from tests.fakes.clock import START
from tests.fakes.parked_store import CrashPoint, Died

GOOD = payload(order_id="o-1", event_id="e-1")
BAD = payload(order_id="", event_id="e-1", status=7)
MEND = ("--set", "order_id=o-1", "--set", "status=shipped")


@pytest.fixture
def run(run_parked):
    return run_parked


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> ParkedStage:
    """A stage on which one malformed record and one notification are parked."""
    monkeypatch.setattr(editing, "caller_on", lambda _: "ada")
    return parked_stage(BAD, monkeypatch)


def test_what_would_be_parked_again_is_refused_with_a_line_for_each_field(run, on) -> None:
    status, _, err = run("edit", "101", "--set", "items=[]", "--yes")

    assert 1 == status
    lines = [line for line in err.splitlines() if line.startswith("✗ ")]
    assert ["✗ order_id", "✗ status"] == [line.partition(":")[0] for line in lines[:2]]
    assert "nothing was kept: it would be parked again" in err
    assert [] == on.store.edited


def test_each_problem_is_said_at_once_and_what_may_be_a_misspelling(
    run, on, tmp_path: Path
) -> None:
    file = tmp_path / "event.json"
    file.write_text('{"status": 7, "contakt": {}, "event_id": []}')
    err = run("edit", "101", "--file", str(file), "--yes")[2]

    said = [line.partition(":")[0] for line in err.splitlines()]
    assert {"✗ order_id", "✗ event_id", "✗ status", "✗ customer_id"} <= set(said)
    assert "note contakt" in said
    assert 4 == sum(each.startswith("✗ ") for each in said) - 1  # and that nothing was kept


def test_force_keeps_what_would_be_parked_again(run, on) -> None:
    assert 0 == run("edit", "101", "--set", "order_id=o-1", "--force", "--yes")[0]
    assert 1 == len(on.store.edited)


def test_without_yes_it_is_only_checked(run, on, trail: FakeAuditTrail) -> None:
    status, out, _ = run("edit", "101", *MEND)

    assert (0, "The relay would take it. Nothing was changed; --yes keeps it.\n") == (status, out)
    assert ([], {}) == (on.store.edited, trail.acts)


def test_the_corrected_payload_is_redriven_and_the_first_one_stays(
    run, on, trail: FakeAuditTrail
) -> None:
    short = letters_of("101")[:6]
    status, out, _ = run("edit", short, *MEND, "--note", "the shop said so", "--yes")

    assert 0 == status
    assert f"ordercast parked redrive {short}" in out
    assert "(edited by ada at" in run("list")[1]
    assert "the shop said so" in run("show", short)[1]
    assert BAD.decode() == run("show", short, "--payload", "--first")[1].strip()
    assert json.loads(run("show", short, "--payload")[1]) == json.loads(BAD) | {
        "order_id": "o-1",
        "status": "shipped",
    }
    assert BAD == on.store.kept[0].record.payload

    assert "1 of 1 redriven." in run("redrive", short, "--yes")[1]
    ((key, put),) = on.stream.puts
    assert ("key-1", "o-1") == (key, json.loads(put)["order_id"])
    assert "" == run("list", "--kind", "record", "--json")[1]
    (act,) = [each for each in trail.acts.items() if each[1].verb is Verb.EDIT]
    assert ("ada", "101", "the shop said so") == (act[1].by, act[1].of, act[1].reason)
    assert "a corrected payload is kept: order_id, status" == trail.outcomes[act[0]]


def test_the_newest_of_several_corrections_holds(run, on) -> None:
    run("edit", "101", *MEND, "--yes")
    run("edit", "101", "--set", "order_id=o-2", "--yes")
    run("redrive", "101", "--yes")

    assert 2 == len(on.store.edited)
    assert ["o-2"] == [json.loads(put)["order_id"] for _, put in on.stream.puts]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_an_edit_that_dies_and_is_repeated_ends_the_same(run, on, *, after: bool) -> None:
    on.store.crash_point = CrashPoint(at=0, after=after)
    with pytest.raises(Died):
        run("edit", "101", *MEND, "--yes")

    assert 0 == run("edit", "101", *MEND, "--yes")[0]
    assert 0 == run("edit", "101", *MEND, "--yes")[0]
    assert 1 == len(on.store.edited)


def test_what_died_between_put_and_note_and_was_parked_again_is_one_item(run, on) -> None:
    run("edit", "101", "--set", "order_id=o-1", "--force", "--yes")
    on.stream.crash_point = CrashPoint(at=0, after=True)
    with pytest.raises(Died):
        run("redrive", "101", "--yes")
    ((key, put),) = on.stream.puts
    again = StreamRecord(sequence_number="201", partition_key=key, arrived_at=START, payload=put)
    parked_again = ParkedRecord(record=again, reason="malformed-order-event", detail="status")
    on.store.kept = [*on.store.kept, parked_again]

    out = run("list", "--kind", "record", "--json")[1]
    (item,) = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    assert ("101", 2) == (item["id"], item["records"])


def test_a_file_is_the_whole_payload_and_its_notes_are_said(run, on, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_bytes(payload(order_id="o-1", event_id="e-1", itmes=["Teapot"]))

    status, out, err = run("edit", "101", "--file", str(file), "--yes", "--json")

    assert 0 == status
    said = json.loads(out)
    assert (True, []) == (said["kept"], said["problems"])
    assert any(note.startswith("itmes") for note in said["notes"])
    assert "note itmes" in err


def test_an_event_that_was_decided_is_a_repetition_or_would_be_parked_again(
    run, on, tmp_path: Path
) -> None:
    """Its identity is that of its event id, as with every record."""
    on.world.relay(GOOD, at=50)
    file = tmp_path / "event.json"
    file.write_bytes(GOOD)
    assert "redriving it sends nothing new" in run("edit", "101", "--file", str(file))[2]

    file.write_bytes(payload(order_id="o-1", event_id="e-1", status="cancelled"))
    status, _, err = run("edit", "101", "--file", str(file), "--yes")

    assert 1 == status
    assert "conflicting-event" in err
    assert [] == on.store.edited


def test_the_editor_is_opened_on_the_payload_and_that_is_kept(
    run, on, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trail: FakeAuditTrail
) -> None:
    wanted = tmp_path / "wanted.json"
    wanted.write_bytes(GOOD)
    monkeypatch.setenv("VISUAL", f"cp {wanted}")

    assert 0 == run("edit", "101", "--yes")[0]
    assert [GOOD] == [each.payload for each in on.store.edited]
    assert [Verb.SHOW, Verb.EDIT] == [each.verb for each in trail.acts.values()]


@pytest.mark.parametrize(
    ("editor", "said"),
    [
        ("true", "nothing was changed in the editor"),
        ("false", "false ended with status 1"),
        ("no-such-editor", "no-such-editor cannot be started"),
    ],
)
def test_an_editor_that_changes_nothing_or_fails_leaves_it_as_it_was(
    run, on, monkeypatch: pytest.MonkeyPatch, editor: str, said: str
) -> None:
    monkeypatch.setenv("VISUAL", editor)
    status, _, err = run("edit", "101", "--yes")

    assert 1 == status
    assert said in err
    assert [] == on.store.edited


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nonesuch"], "nonesuch names 0 parked items, not one"),
        (["101", "--set", "order_id"], "--set: order_id is no FIELD=VALUE"),
        (["101", "--set", "event_id.x=1"], "--set: event_id in event_id.x is no object"),
        (["101", "--set", "a=1", "--file", "x"], "--file or --set, not both"),
        (["101", "--file", "/no/such"], "/no/such"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(run, on, words: list[str], said: str) -> None:
    status, _, err = run("edit", *words, "--yes")

    assert 1 == status
    assert said in err


def test_only_a_record_has_a_payload_to_correct(run, on) -> None:
    status, _, err = run("edit", on.row.id, "--set", "order_id=o-1", "--yes")

    assert 1 == status
    assert "a notification has no payload to correct" in err
