"""Operators list, show, redrive and drop parked items by command."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.operations.parked_sources import ParkedSources
from ordercast.parked import item
from ordercast.parked.item import GivenUpBatch, Kind
from ordercast.parked.short_ids import is_short, letters_of, short_ids
from ordercast.workflows.redrive.batches import ParkedBatches
from ordercast.workflows.redrive.notifications import ParkedNotifications
from ordercast.workflows.redrive.paced import PacedRedrive
from ordercast.workflows.redrive.source import ParkedSource
from ordercast.workflows.redrive.stream_records import ParkedStreamRecords
from tests.cli.parked_stage import COMMANDS
from tests.examples import notification
from tests.fakes.audit_trail import FakeAuditTrail
from tests.fakes.clock import START
from tests.fakes.parked_store import FakeParkedStore, FakeStream
from tests.fakes.world import World

SECRET = b'{"contact": {"email": "ada@example.com"}}'


def record(position: str, reason: str, *, index: int | None = None) -> ParkedRecord:
    kept = StreamRecord(
        sequence_number=position,
        index=index,
        partition_key=f"o-{position}.{index or 0}",
        arrived_at=START,
        payload=SECRET,
    )
    return ParkedRecord(record=kept, reason=reason, detail="order_id: is missing")


def _open(
    monkeypatch: pytest.MonkeyPatch,
    source: tuple[Kind, ParkedSource],
    paced: PacedRedrive | None = None,
) -> None:
    """Let every command find this source."""
    where = ParkedSources(parked_sources=[source], paced=paced or World().paced())
    for module in COMMANDS:
        monkeypatch.setattr(module, "target", lambda *_: None)
        monkeypatch.setattr(module, "parked_sources", lambda _: where)


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> FakeStream:
    """Three parked records, and the stream that takes them again."""
    stream = FakeStream()
    kept = [record("101", "not-json"), record("102", "not-json"), record("201", "bug:KeyError")]
    store = FakeParkedStore(kept=kept)
    source = ParkedStreamRecords(store=store, put=stream.put, now=lambda: START)
    _open(monkeypatch, (Kind.RECORD, source))
    return stream


@pytest.fixture
def run(run_parked):
    return run_parked


def test_the_list_names_kind_id_reason_and_field_and_nothing_personal(run, stream) -> None:
    status, out, _ = run("list")

    assert 0 == status
    assert "not-json: 2 records, the oldest" in out
    assert f"  {short('101')}  {START:%Y-%m-%d %H:%M:%S}  101  order_id: is missing" in out
    assert "3 parked: 3 records." in out
    assert "example.com" not in out


def test_the_list_as_json_is_one_object_a_line(run, stream) -> None:
    _, out, _ = run("list", "--json", "--reason", "bug")

    (line,) = map(json.loads, out.splitlines())
    assert ("record", "201", "bug:KeyError") == (line["kind"], line["id"], line["reason"])


def test_one_thing_is_shown_by_the_beginning_of_its_id_and_its_payload_only_if_asked_for(
    run, stream
) -> None:
    assert "example.com" not in run("show", "2")[1]
    assert SECRET.decode() == run("show", "2", "--payload")[1].strip()


def test_one_thing_is_shown_as_json_as_the_list_has_it(run, stream) -> None:
    (line,) = run("list", "--json", "--reason", "bug")[1].splitlines()

    assert json.loads(line) == json.loads(run("show", "2", "--json")[1])


def test_an_id_that_names_several_things_shows_none_of_them(run, stream) -> None:
    status, _, err = run("show", "10")

    assert 1 == status
    assert "10 names 2 parked items, not one" in err


def short(id_: str) -> str:
    return letters_of(id_)[:6]


@pytest.mark.parametrize("verb", ["redrive", "drop"])
def test_a_short_id_names_its_item_in_every_command(run, stream, verb: str) -> None:
    assert "bug:KeyError" in run("show", short("201"))[1]
    assert "1 of 1" in run(verb, short("201"), "--yes")[1]
    assert "2 parked" in run("list")[1]


def test_a_short_id_that_names_several_items_is_refused(
    run, stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what a longer list would tell apart is redriven or dropped unseen."""
    monkeypatch.setattr(item, "letters_of", lambda id_: "ghjkmn" + letters_of(id_)[:10])

    status, _, err = run("drop", "ghjkmn", "--yes")

    assert 1 == status
    assert "ghjkmn: several parked items begin so" in err
    assert "3 parked" in run("list")[1]


@given(st.sets(st.text("0123456789", min_size=1, max_size=56), max_size=40))
def test_short_ids_are_unique_and_no_beginning_of_a_whole_id(ids: set[str]) -> None:
    found = short_ids(ids)

    assert set(found) == ids
    assert len(set(found.values())) == len(ids)
    assert all(is_short(each) and letters_of(id_).startswith(each) for id_, each in found.items())
    assert not any(is_short(each) for each in ids)


@pytest.mark.parametrize("verb", ["redrive", "drop"])
def test_without_yes_nothing_is_changed(run, stream, verb: str) -> None:
    status, out, _ = run(verb, "--all")

    assert 0 == status
    assert "3 parked: 3 records. Nothing was changed; --yes does it." in out
    assert [] == stream.puts
    assert "3 parked" in run("list")[1]


def test_what_is_redriven_is_on_the_stream_and_no_longer_listed(run, stream) -> None:
    status, out, _ = run("redrive", "--reason", "not-json", "--yes")

    assert 0 == status
    assert "2 of 2 redriven." in out
    assert [("o-101.0", SECRET), ("o-102.0", SECRET)] == stream.puts
    assert "1 parked: 1 record." in run("list")[1]


def test_what_is_dropped_is_no_longer_listed_and_not_put_again(run, stream) -> None:
    assert "1 of 1 dropped." in run("drop", "201", "--yes")[1]

    assert [] == stream.puts
    assert "2 parked" in run("list")[1]


@pytest.mark.parametrize("verb", ["redrive", "drop"])
def test_nothing_is_done_about_nothing_in_particular(run, stream, verb: str) -> None:
    """A forgotten word must not mean everything."""
    status, _, err = run(verb, "--yes")

    assert 1 == status
    assert "which of them?" in err


@pytest.mark.parametrize("verb", ["redrive", "drop"])
def test_an_empty_id_does_not_mean_everything(run, stream, verb: str) -> None:
    """It is what a variable of the shell comes to that was never set."""
    status, _, err = run(verb, "", "--yes")

    assert 1 == status
    assert "one of the ids is empty" in err
    assert "3 parked" in run("list")[1]


@pytest.mark.parametrize("verb", ["redrive", "drop"])
def test_an_id_that_names_nothing_is_named_and_the_others_are_done(run, stream, verb: str) -> None:
    status, out, _ = run(verb, "nonesuch", "201", "--yes")

    assert 0 == status
    assert "Not parked (any more): nonesuch" in out
    assert "1 of 1" in out


@pytest.mark.parametrize(("verb", "done"), [("redrive", "redriven"), ("drop", "dropped")])
def test_where_nothing_is_parked_any_more_nothing_is_done_and_none_of_it_is_on_record(
    run, stream, trail: FakeAuditTrail, verb: str, done: str
) -> None:
    assert 0 == run(verb, "201", "--yes")[0]
    before = dict(trail.acts)
    status, out, _ = run(verb, "201", "--yes")

    assert 0 == status
    assert "Not parked (any more): 201" in out
    assert f"0 of 0 {done}." in out
    assert before == trail.acts


def test_a_whole_id_means_that_alone_and_not_what_begins_alike(
    run, stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first part of an aggregate, not the tenth as well."""
    kept = [record("101", "damaged-sub-record", index=index) for index in range(1, 12)]
    source = ParkedStreamRecords(
        store=FakeParkedStore(kept=kept), put=stream.put, now=lambda: START
    )
    _open(monkeypatch, (Kind.RECORD, source))

    assert 0 == run("show", "101.1")[0]
    assert "1 of 1 dropped." in run("drop", "101.1", "--yes")[1]
    assert "10 of 10 redriven." in run("redrive", "101.", "--yes")[1]


def test_since_takes_a_span_or_a_date_and_says_what_is_neither(run, stream) -> None:
    day_after = (START + timedelta(days=1)).date().isoformat()

    assert "3 parked" in run("list", "--since", START.date().isoformat())[1]
    assert "Nothing like that is parked." in run("list", "--since", day_after)[1]
    assert "--since: soon is neither a span" in run("list", "--since", "soon")[2]


@pytest.mark.parametrize("id_", [f"-k{'M' * 42}", f"--{'M' * 42}"])
def test_an_id_that_begins_like_an_option_is_none(run, stream, monkeypatch, id_: str) -> None:
    """One notification's in sixty-four does."""
    waiting = [
        GivenUpBatch(id=each, key="k", condition=f"for {each}", at=START) for each in ("b1", id_)
    ]
    store = FakeParkedStore(given_up=waiting)
    source = ParkedBatches(store=store, put=stream.put, recount=len, now=lambda: START)
    _open(monkeypatch, (Kind.BATCH, source))

    assert f"for {id_}" in run("show", id_)[1]
    assert "1 of 1 dropped." in run("drop", id_, "--yes")[1]
    assert "Not parked (any more): -k" in run("redrive", "--yes", "--", "-k", "b1")[1]
    assert 2 == run("redrive", "--nonesuch")[0]


def test_what_a_redrive_leaves_to_the_sweeper_is_said(run, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(rate=1)
    row = notification(state=State.PARKED, rule="out-of-attempts", closed_at=world.now())
    world.enter(row)
    world.work_queues.held = {(row.channel, row.priority): 300}
    paced = world.paced()
    source = ParkedNotifications(
        ledger=world.ledger,
        notifications_topic=world.notifications_topic,
        now=world.now,
        days=lambda: [world.now().date()],
        first_wait=timedelta(minutes=5),
        paced=paced,
    )
    _open(monkeypatch, (Kind.NOTIFICATION, source), paced)

    status, out, _ = run("redrive", "--kind", "notification", "--yes")

    assert 0 == status
    assert "1 of 1 redriven." in out
    assert "1 of them found no room" in " ".join(out.split())
