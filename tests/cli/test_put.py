"""`ordercast put` puts events on a stream and reports what it put."""

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.in_flight import InFlight
from ordercast.cli import app as cli
from ordercast.cli import put as putting
from ordercast.cli.local import in_flight as following
from ordercast.decisions.lookup import LookupResult
from ordercast.events.kpl import message_in
from tests.operations.test_producer import FlakyStream, unpacked


class Stage:
    names = SimpleNamespace(orders_stream="orders", receipts_queue="receipts")


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> FlakyStream:
    taking = FlakyStream()
    monkeypatch.setattr(putting, "target", lambda *_: Stage())
    monkeypatch.setattr(putting.boto3, "client", lambda _: taking)  # type: ignore[attr-defined]  # the module that the command imports
    return taking


@pytest.fixture
def put(stream, monkeypatch: pytest.MonkeyPatch, capsys, tmp_path: Path):
    """Put events from a file; returns the status and what is said, on both sides."""

    def put(events: Sequence[Any], *options: str) -> tuple[int, str, str]:
        file = tmp_path / "orders.jsonl"
        file.write_text("\n".join(json.dumps(each) for each in events))
        monkeypatch.setattr("sys.argv", ["ordercast", "put", str(file), "--no-wait", *options])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), *capsys.readouterr()

    return put


def order(number: int, status: str) -> dict[str, str]:
    return {"order_id": f"o-{number}", "customer_id": "c-1", "status": status}


STORY = [order(n, status) for status in ("confirmed", "shipped") for n in (1, 2)]


def test_an_order_s_events_are_put_one_by_one_in_the_file_s_order(put, stream) -> None:
    assert (0, "4 of 4 events put on the stream\n", "") == put(STORY)
    assert {
        f"o-{n}": [json.dumps(order(n, s)).encode() for s in ("confirmed", "shipped")]
        for n in (1, 2)
    } == stream.taken


def test_aggregated_an_order_s_events_travel_together_and_no_other_s_with_them(put, stream) -> None:
    assert (0, "4 of 4 events put on the stream\n", "") == put(STORY, "--aggregate")
    assert {"o-1": 1, "o-2": 1} == {key: len(records) for key, records in stream.taken.items()}
    assert all(message_in(each) for records in stream.taken.values() for each in records)
    assert {
        f"o-{n}": [json.dumps(order(n, s)).encode() for s in ("confirmed", "shipped")]
        for n in (1, 2)
    } == unpacked(stream)


def test_a_bad_event_is_one_line_with_its_field_and_the_others_are_put(put, stream) -> None:
    status, out, err = put([STORY[0], order(3, "2fast")], "--aggregate")

    assert (1, "1 of 2 events put on the stream\n") == (status, out)
    assert err.startswith("line 2: status: ")
    assert 1 == err.count("\n")
    assert ["o-1"] == list(stream.taken)


def test_unchecked_what_no_record_can_hold_is_left_out_and_the_others_are_put(put, stream) -> None:
    """A stream refuses the whole call in which one record is too large."""
    large = order(4, "no such thing!") | {"items": ["x" * 1024 * 1024]}
    status, out, _ = put([STORY[0], order(3, "2fast"), large], "--unchecked")

    assert (1, "2 of 3 events put on the stream\n") == (status, out)
    assert ["line 2", "o-1"] == sorted(stream.taken)


def test_what_the_stream_did_not_take_is_said_in_two_lines(put, stream, monkeypatch) -> None:
    stream.refuses = 1.0
    monkeypatch.setattr(putting.Producer, "_put", put_without_waiting)  # type: ignore[attr-defined]  # the module that the command imports

    status, _, err = put(STORY)

    assert 1 == status
    assert "the stream took 0 of 4 events: it refuses them" in err
    assert "put the same events again later" in err


putting_with_waits = putting.Producer._put  # type: ignore[attr-defined]  # noqa: SLF001 - the pauses alone are left out


def put_without_waiting(self: putting.Producer, ordered_put: Any) -> None:  # type: ignore[name-defined]  # the module that the command imports
    quick = putting.Producer(client=self.client, stream=self.stream, pause=lambda _: None)  # type: ignore[attr-defined]  # the module that the command imports
    putting_with_waits(quick, ordered_put)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LocalCloud:
    """The one local cloud that runs, with an empty ledger."""
    here = "http://127.0.0.1:1"
    running = LocalCloud(name="shop", folder=tmp_path, endpoint=here, provider_endpoint=here)
    monkeypatch.setattr(LocalCloud, "running", classmethod(lambda _: [running]))
    monkeypatch.setattr(
        Stage, "ledger", lambda _: SimpleNamespace(look_up=lambda _: LookupResult()), raising=False
    )
    return running


@pytest.mark.parametrize(
    ("left", "says"),
    [
        (InFlight(messages=1), ["Still in flight", "template"]),
        (InFlight(records=1), ["Still in flight"]),
        (InFlight(), []),
    ],
)
def test_what_does_not_move_any_more_is_said_with_what_to_try(
    put, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, left: InFlight, says: list[str]
) -> None:
    monkeypatch.setattr(following, "follow", lambda *_: left)

    _, _, err = put(STORY, "--wait")

    assert says == [word for word in ("Still in flight", "template") if word in err]
    assert (f"{cloud.folder}/logs" in err) == bool(left)


@pytest.mark.parametrize(
    ("words", "waits"),
    [(["--wait"], 1), (["--no-wait"], 0), (["--wait", "--stage", "dev"], 0)],
    ids=["on a local cloud", "told not to", "on AWS"],
)
@pytest.mark.usefixtures("cloud")
def test_only_on_a_local_cloud_the_command_waits_for_the_messages(
    put, monkeypatch: pytest.MonkeyPatch, words: list[str], waits: int
) -> None:
    looks = [0]
    monkeypatch.setattr(following, "count_in_flight", lambda *_: InFlight(records=looks.pop()))

    status, out, _ = put(STORY, *words)

    assert 0 == status
    assert "4 of 4 events put on the stream\n" in out
    assert waits == out.count("0 messages sent (simulated)") == 1 - len(looks)
