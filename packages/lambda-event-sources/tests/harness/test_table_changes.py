"""Run a handler on a table's stream: the input is items before and after."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lambda_event_sources.harness.items import ALWAYS, Change, Put, Raises
from lambda_event_sources.harness.stream_run import NotAStreamItem
from lambda_event_sources.harness.table_changes import InvalidChange
from lambda_event_sources.mapping import SourceKind
from lambda_event_sources.streams.in_memory_stream import InMemoryStream

RECORDINGS = Path(__file__).parents[1] / "recordings"
WAITING = {"pk": "o-1", "sk": "sms", "state": "requested"}
SENT = WAITING | {"state": "sent"}


class Handler:
    """Keeps the records that it was delivered, and is content."""

    def __init__(self) -> None:
        self.delivered: list[Any] = []

    def __call__(self, event: dict[str, Any], _: Any) -> None:
        self.delivered += event["Records"]


@pytest.fixture
def handler() -> Handler:
    return Handler()


def test_an_item_s_life_is_delivered_as_inserted_modified_and_removed(event_source, handler):
    event_source(handler, [Change(new=WAITING), Change(old=WAITING, new=SENT), Change(old=SENT)])

    assert ["INSERT", "MODIFY", "REMOVE"] == [each["eventName"] for each in handler.delivered]
    assert ["1", "2", "3"] == [each["dynamodb"]["SequenceNumber"] for each in handler.delivered]
    inserted, modified, removed = (each["dynamodb"] for each in handler.delivered)
    assert {"pk": {"S": "o-1"}, "sk": {"S": "sms"}} == inserted["Keys"] == removed["Keys"]
    assert ({"S": "requested"}, False) == (inserted["NewImage"]["state"], "OldImage" in inserted)
    assert {"S": "sent"} == modified["NewImage"]["state"] == removed["OldImage"]["state"]
    assert ({"S": "requested"}, False) == (modified["OldImage"]["state"], "NewImage" in removed)


def test_values_are_written_as_a_table_s_stream_does(event_source, handler):
    values = {"n": Decimal("1.50"), "b": b"\x00\xff", "none": None, "is": True, "set": {"a"}}

    event_source(handler, [Change(new={"pk": "o-1", "sk": 7, "map": {"list": [values]}})])

    (record,) = handler.delivered
    image = record["dynamodb"]["NewImage"]
    assert {"N": "7"} == image["sk"]
    assert {
        "n": {"N": "1.50"},
        "b": {"B": "AP8="},
        "none": {"NULL": True},
        "is": {"BOOL": True},
        "set": {"SS": ["a"]},
    } == image["map"]["M"]["list"]["L"][0]["M"]


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("KEYS_ONLY", set()),
        ("NEW_IMAGE", {"NewImage"}),
        ("OLD_IMAGE", {"OldImage"}),
        ("NEW_AND_OLD_IMAGES", {"NewImage", "OldImage"}),
    ],
)
def test_the_stream_s_view_says_which_images_are_there(event_source, handler, view, shown):
    event_source(handler, [Change(old=WAITING, new=SENT, view=view)])

    (record,) = handler.delivered
    assert shown == {"NewImage", "OldImage"} & record["dynamodb"].keys()
    assert view == record["dynamodb"]["StreamViewType"]


def test_a_change_has_the_fields_of_one_that_was_recorded(event_source, handler):
    recorded = json.loads((RECORDINGS / "ddb_stream_event_ledger.json").read_text())["Records"]
    changes = {
        "INSERT": Change(new=WAITING),
        "MODIFY": Change(old=WAITING, new=SENT),
        "REMOVE": Change(old=SENT, expired=True),
    }
    event_source(handler, changes.values())

    ours = {each["eventName"]: each for each in handler.delivered}
    assert ours.keys() == {each["eventName"] for each in recorded}
    theirs = [each for each in recorded if each["eventName"] != "REMOVE" or "userIdentity" in each]
    for each in theirs:
        assert each.keys() == ours[each["eventName"]].keys()
        assert each["dynamodb"].keys() == ours[each["eventName"]]["dynamodb"].keys()
    (expired,) = (each["userIdentity"] for each in theirs if "userIdentity" in each)
    assert expired == ours["REMOVE"]["userIdentity"]


def test_a_change_is_written_as_in_the_examples_of_aws(event_source, handler):
    """Value by value, but for ids, numbers and times: these are the stream's own."""
    documented = json.loads((RECORDINGS / "ddb_stream_event_doc.json").read_text())["Records"]
    before = {"Id": 101, "Message": "New item!"}
    after = {"Id": 101, "Message": "This item has changed"}
    event_source(
        handler,
        [
            Change(new=before, keys=("Id",)),
            Change(old=before, new=after, keys=("Id",)),
        ],
    )

    for theirs, ours in zip(documented, handler.delivered, strict=True):
        their, our = theirs["dynamodb"], ours["dynamodb"]
        own = {"SequenceNumber", "ApproximateCreationDateTime", "StreamViewType"}
        assert {k: v for k, v in their.items() if k not in own} == {
            k: v for k, v in our.items() if k not in own
        }
        assert theirs["eventName"] == ours["eventName"]
        assert our["ApproximateCreationDateTime"] == int(our["ApproximateCreationDateTime"])


def test_faults_and_keys_of_one_s_own_are_for_changes_too(event_source, handler):
    report = event_source(
        handler,
        [
            Change(new={"id": "a"}, keys=("id",)),
            Raises(times=ALWAYS),
            Change(new={"id": "b"}, keys=("id",)),
            Change(new={"id": "c"}, keys=("id",)),
        ],
        bisect_batch_on_error=True,
        retry_attempts=1,
    )

    assert [("RetryAttemptsExhausted", ["2"])] == report.discarded
    assert ["a", "c"] == [each["dynamodb"]["Keys"]["id"]["S"] for each in handler.delivered]


def test_a_change_is_put_behind_what_was_recorded(event_source, handler):
    recorded = json.loads((RECORDINGS / "ddb_stream_event_ledger.json").read_text())

    report = event_source(handler, [recorded, Change(new=WAITING)])

    assert recorded["Records"] == handler.delivered[:-1]
    assert report.done[-1] == handler.delivered[-1]["dynamodb"]["SequenceNumber"]
    last = handler.delivered[-1]["dynamodb"]["ApproximateCreationDateTime"]
    assert datetime.fromtimestamp(last, UTC) >= datetime(2026, 11, 1, tzinfo=UTC)


def test_a_table_of_several_shards_keeps_a_partition_in_one(event_source, handler):
    items = [{"pk": f"o-{n % 6}", "sk": str(n)} for n in range(30)]
    stream = InMemoryStream(
        shards=4, arn="arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s"
    )

    report = event_source(
        handler, [Change(new=each) for each in items], stream=stream, source=SourceKind.DYNAMODB
    )

    shards: dict[str, set[str]] = {}
    for invocation in report.invocations:
        for record in invocation.records:
            partition = record.event["dynamodb"]["Keys"]["pk"]["S"]
            shards.setdefault(partition, set()).add(invocation.source)
    assert {1} == {len(each) for each in shards.values()}
    assert len(set.union(*shards.values())) > 1


@pytest.mark.parametrize(
    "change",
    [
        Change(),
        Change(new=SENT, old=SENT),
        Change(new=SENT, old=SENT | {"sk": "email"}),
        Change(new={"pk": "o-1"}),
        Change(new=SENT, expired=True),
    ],
    ids=["nothing", "the same", "another item", "without a key", "expired and there"],
)
def test_what_no_table_writes_about_is_refused(event_source, handler, change):
    with pytest.raises(InvalidChange):
        event_source(handler, [change])


def test_a_change_is_for_a_table_s_stream_alone(event_source, handler):
    for items in ([b"a", Change(new=SENT)], [Change(new=SENT), Put(data=b"a")]):
        source = SourceKind.KINESIS if items[0] == b"a" else None
        with pytest.raises(NotAStreamItem):
            event_source(handler, items, source=source)
