"""What the figures rest on: that the stand-in counts, and refuses, as AWS does."""

import pytest

from benchmarks import findings
from benchmarks.aws import partiql, write_units
from benchmarks.aws.account import CUSTOMERS, LEDGER, empty_tables
from benchmarks.aws.timetable import Timetable, Workers


@pytest.fixture(scope="module")
def counted() -> findings.CountedAll:
    return findings.count(orders=30)


def test_every_message_is_one_call_of_its_provider_and_is_settled(
    counted: findings.CountedAll,
) -> None:
    assert 30 == counted.texts.send.calls["Publish"]
    assert 30 == counted.emails.send.calls["SendEmail"]
    assert (30, 30) == (
        counted.both.send.calls["Publish"],
        counted.both.send.calls["SendEmail"],
    )
    # A decision, a latest status, a row, three indexes; claimed, settled, its receipt merged, and
    # out of the sweeper's. Besides that thirty draw from their bucket of pace twice.
    assert counted.delivered.total == pytest.approx(10 + 2 / 30)
    assert counted.carrier_only.total == pytest.approx(10 + 2 / 30)
    # A look writes the row and moves it in the sweeper's index.
    assert counted.looked_at.total == pytest.approx(13 + 2 / 30)


def test_no_item_of_the_ledger_takes_two_units(counted: findings.CountedAll) -> None:
    assert {"decision", "latest-status", "notification", "pace"} == set(counted.delivered.largest)
    assert max(counted.delivered.largest.values()) <= write_units.UNIT


def test_calls_grow_with_bulk_calls_and_not_with_orders(counted: findings.CountedAll) -> None:
    """Thirty orders: a read, and two bulk calls each for caps and decisions, three for rows."""
    calls = counted.texts.relay.calls

    assert {"BatchGetItem": 1, "BatchExecuteStatement": 7, "PublishBatch": 3} == dict(calls)
    assert 5 == counted.texts.relay.round_trips


def test_receipts_take_bulk_calls_alone(counted: findings.CountedAll) -> None:
    """Thirty: their receipt logs and rows are read, and two bulk calls write each of the two."""
    assert {"BatchGetItem": 2, "BatchExecuteStatement": 4} == dict(
        counted.delivered.merge_receipts.calls
    )


def test_the_plain_implementation_makes_the_calls_that_it_is_known_for(
    counted: findings.CountedAll,
) -> None:
    assert 8.0 <= counted.plain.a_message <= 8.8
    # One after the other, all of them.
    assert counted.plain.relay.total == counted.plain.relay.round_trips


def test_calls_side_by_side_are_one_round_trip_while_there_are_workers() -> None:
    timetable = Timetable()
    workers = Workers(4, timetable)

    list(workers.map(lambda _: timetable.round_trip(), range(4)))
    assert 1 == timetable.now
    list(workers.map(lambda _: timetable.round_trip(), range(5)))
    assert 3 == timetable.now


def test_a_job_waits_for_what_it_waits_for() -> None:
    timetable = Timetable()
    workers = Workers(4, timetable)

    slow = workers.submit(lambda: [timetable.round_trip() for _ in range(3)])  # type: ignore[func-returns-value]
    quick = workers.submit(timetable.round_trip)
    quick.result()
    assert 1 == timetable.now
    slow.result()
    assert 3 == timetable.now


def test_a_write_takes_a_unit_for_each_started_kibibyte_of_the_larger_item() -> None:
    small = {"pk": {"S": "a"}}
    large = {"pk": {"S": "a"}, "text": {"S": "x" * 1024}}

    assert 1 == write_units.for_item(None, small)
    assert 2 == write_units.for_item(large, small)
    assert 2 == write_units.for_item(small, large)


def test_a_sparse_index_takes_writes_only_where_its_key_changes() -> None:
    waiting = {"pk": {"S": "a"}, "due": {"N": "1"}}
    later = {"pk": {"S": "a"}, "due": {"N": "2"}}
    done = {"pk": {"S": "a"}}
    key = ("pk", "due")

    assert 1 == write_units.for_index(None, waiting, key)
    assert 0 == write_units.for_index(waiting, waiting, key)
    assert 2 == write_units.for_index(waiting, later, key)
    assert 1 == write_units.for_index(waiting, done, key)
    assert 0 == write_units.for_index(done, done, key)


def test_sizes_follow_the_guide() -> None:
    """Names count, numbers by two digits, lists and maps by their entries."""
    assert 5 == write_units.size({"pk": {"S": "åb"}})
    assert 4 == write_units.size({"n": {"N": "1234"}})
    assert 8 == write_units.size({"l": {"L": [{"S": "abc"}]}})
    assert 9 == write_units.size({"m": {"M": {"a": {"S": "bcd"}}}})


def test_a_condition_that_does_not_hold_refuses_its_statement_alone() -> None:
    tables = empty_tables()
    insert = {
        "Statement": f"INSERT INTO \"{LEDGER}\" VALUE {{'pk': ?, 'sk': ?, 'state': ?}}",
        "Parameters": [{"S": "o"}, {"S": "notification#1"}, {"S": "requested"}],
    }
    other = insert | {"Parameters": [{"S": "o"}, {"S": "notification#2"}, {"S": "requested"}]}

    tables.batch_execute_statement({"Statements": [insert]})
    answers = tables.batch_execute_statement({"Statements": [insert, other]})["Responses"]

    assert ["DuplicateItem", None] == [each.get("Error", {}).get("Code") for each in answers]
    # What is refused takes its unit all the same.
    assert 3 == tables[LEDGER].units["notification"]


def test_what_aws_would_refuse_is_refused() -> None:
    tables = empty_tables()
    key = {"person": {"S": "p"}}

    with pytest.raises(ValueError, match="one key twice"):
        tables.batch_get_item({"RequestItems": {CUSTOMERS: {"Keys": [key, key]}}})
    keys = [{"person": {"S": str(n)}} for n in range(101)]
    with pytest.raises(ValueError, match="101 in one call"):
        tables.batch_get_item({"RequestItems": {CUSTOMERS: {"Keys": keys}}})
    with pytest.raises(ValueError, match="not a statement of ours"):
        partiql.read('DELETE FROM "ledger"', [])
