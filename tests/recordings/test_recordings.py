"""Every recorded batch has the result that its README says."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from processors.order_relay import respond
from tests.recordings.kinesis.make import BATCH_LIMIT, full_batch, recordings

FOLDER = Path(__file__).parent / "kinesis"
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (\d+) \| (\d+) \| (\d+) \| (.*?) ?\|$", re.MULTILINE)
TABLE = {name: rest for name, *rest in ROW.findall((FOLDER / "README.md").read_text())}
FILES = {path.stem: path for path in FOLDER.glob("*.json")}
BUILT = "full_batch"
BY_HAND = "aggregate_of_three_and_a_gzipped_order"


def recorded(name: str) -> dict[str, Any]:
    event = full_batch() if name == BUILT else json.loads(FILES[name].read_text())
    assert isinstance(event, dict)
    return event


def places(event: Mapping[str, Any], reasons: Mapping[str, str]) -> str:
    """Return where in the batch, from 1 on, something was parked, and why."""
    numbers = [record["kinesis"]["sequenceNumber"] for record in event["Records"]]
    listed = []
    for position, reason in reasons.items():
        number, dot, part = position.partition(".")
        listed.append(f"{numbers.index(number) + 1}{dot}{part} {reason}")
    return ", ".join(sorted(listed))


def test_the_table_has_a_row_for_each_recording_and_no_other() -> None:
    assert {BUILT, *FILES} == set(TABLE)


def test_the_recordings_are_what_their_script_makes() -> None:
    made = recordings()
    assert {BY_HAND} == FILES.keys() - made.keys()
    # How much is squeezed into how little is the compressing library's own affair.
    alike = {name: event for name, event in made.items() if name != "too_large_unpacked"}
    assert alike == {name: recorded(name) for name in alike}


def test_the_full_batch_leaves_no_room_for_another_record() -> None:
    event = full_batch()

    size = len(json.dumps(event))
    assert size <= BATCH_LIMIT < size + len(json.dumps(event["Records"][-1])) + 2


@pytest.mark.parametrize("name", TABLE)
def test_what_is_odd_costs_no_neighbour_its_message_and_nobody_a_retry(
    name, world, event_source, request
) -> None:
    event, lines = recorded(name), StringIO()
    _, accepted, repeated, stale, parked = TABLE[name]
    log = Logger(service=request.node.nodeid, stream=lines)

    def handler(batch: dict[str, Any], _: Any) -> Any:
        return respond(batch, world.relayer, log, time_left=lambda: timedelta(minutes=1))

    report = event_source(handler, event["Records"], batch_size=10_000)

    assert ([], []) == (report.retried, report.discarded)
    assert len(event["Records"]) == len(report.done)
    [line] = map(json.loads, lines.getvalue().splitlines())
    counts = [line[each] for each in ("accepted", "repeated", "stale")]
    assert [accepted, repeated, stale, parked] == [
        *map(str, counts),
        places(event, world.parked.reasons),
    ]
    assert "example.com" not in lines.getvalue()
