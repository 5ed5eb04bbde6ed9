from collections.abc import Mapping
from datetime import UTC, timedelta

import boto3
import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from ordercast.errors import LedgerUnavailable
from ordercast.gateways.dynamodb.codec import millis, text, time_from_millis
from ordercast.gateways.dynamodb.table import ROUNDS, Answer, Statement, Table, Unacceptable, insist
from tests.fakes.clock import START

KEYS = [{"id": text("a")}, {"id": text("b")}]
DONE: dict[str, object] = {}
THROTTLED = {"Error": {"Code": "ThrottlingError"}}


@pytest.fixture
def dynamodb(aws):
    return boto3.client("dynamodb")


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def table(dynamodb, executor, pauses) -> Table:
    return Table(client=dynamodb, name="things", executor=executor, pause=pauses.append)


def statements(count: int) -> list[Statement]:
    return [Statement(text="…", parameters=[text(str(n))]) for n in range(count)]


def answering(stub: Stubber, *responses: Mapping[str, object]) -> None:
    stub.add_response("batch_execute_statement", {"Responses": list(responses)})


def test_a_refused_condition_is_an_answer_to_its_own_statement_alone(dynamodb, table) -> None:
    with Stubber(dynamodb) as stub:
        answering(
            stub,
            {"Item": {"id": text("a")}},
            {"Error": {"Code": "ConditionalCheckFailed", "Item": {"id": text("b")}}},
            {"Error": {"Code": "DuplicateItem"}},
        )
        answers = table.execute(statements(3))

    assert [
        Answer(item={"id": text("a")}),
        Answer(refused=True, item={"id": text("b")}),
        Answer(refused=True),
    ] == answers


@pytest.mark.parametrize(
    "code", ["ThrottlingError", "InternalServerError", "TransactionConflict", "AccessDenied"]
)
def test_a_statement_that_failed_inside_a_200_is_never_taken_for_done(
    dynamodb, table, code
) -> None:
    with Stubber(dynamodb) as stub:
        answering(stub, DONE, {"Error": {"Code": code}})
        answers = table.execute(statements(2))

    assert [Answer(), Answer(failure=code)] == answers
    with pytest.raises(LedgerUnavailable, match=code):
        insist(answers)


def test_a_call_that_fails_fails_its_own_statements_alone(dynamodb, table) -> None:
    with Stubber(dynamodb) as stub:
        answering(stub, *[DONE] * 25)
        stub.add_client_error("batch_execute_statement", "ThrottlingException")
        answers = table.execute(statements(27))

    assert [None] * 25 + ["ThrottlingException"] * 2 == [a.failure for a in answers]


def test_only_what_failed_is_tried_again_and_not_at_once(dynamodb, table, pauses) -> None:
    with Stubber(dynamodb) as stub:
        answering(stub, THROTTLED, DONE, {"Error": {"Code": "DuplicateItem"}}, THROTTLED)
        answering(stub, DONE, THROTTLED)
        answering(stub, DONE)
        answers = table.execute(statements(4), rounds=ROUNDS)
        stub.assert_no_pending_responses()

    assert [Answer(), Answer(), Answer(refused=True), Answer()] == answers
    assert 2 == len(pauses)
    assert 0 < pauses[0] < pauses[1]


def test_what_keeps_failing_is_given_up_after_some_rounds(dynamodb, table) -> None:
    with Stubber(dynamodb) as stub:
        for _ in range(ROUNDS):
            answering(stub, THROTTLED)
        answers = table.execute(statements(1), rounds=ROUNDS)

    assert [Answer(failure="ThrottlingError")] == answers


def test_a_statement_that_dynamodb_does_not_understand_is_our_bug_and_not_tried_again(
    dynamodb, table
) -> None:
    """Brought again it would fail again: the event source must see a bug, not a bad minute."""
    with Stubber(dynamodb) as stub:
        answering(stub, THROTTLED, {"Error": {"Code": "ValidationError", "Message": "ada@…"}})
        answering(stub, THROTTLED)
        answers = table.execute(statements(2), rounds=2)

    with pytest.raises(Unacceptable, match=r"^ValidationError$"):
        insist(answers)


def test_a_bug_quotes_no_value_of_its_request(table) -> None:
    """The SDK's own text would: it names the parameter and what was in it."""
    wrong = [{"id": {"S": ["ada@example.com"]}}]
    with pytest.raises(Unacceptable) as caught:
        table.get(wrong)

    assert "ParamValidationError" == str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_more_statements_than_a_call_takes_are_split_and_answered_in_order(dynamodb, table) -> None:
    with Stubber(dynamodb) as stub:
        for size in (25, 25, 1):
            answering(stub, *[{"Item": {"n": text(str(size))}}] * size)
        answers = table.execute(statements(51))
        stub.assert_no_pending_responses()

    assert ["25"] * 50 + ["1"] == [a.item["n"]["S"] for a in answers if a.item]


def test_items_are_read_as_they_were_last_written(dynamodb, table) -> None:
    """A sender reads what the relay wrote a moment ago: an older copy would lack it."""
    request = {"RequestItems": {"things": {"Keys": KEYS, "ConsistentRead": True}}}
    with Stubber(dynamodb) as stub:
        stub.add_response("batch_get_item", {"Responses": {"things": KEYS}}, request)

        assert KEYS == table.get(KEYS)


def test_nothing_to_do_is_no_call(dynamodb, table) -> None:
    with Stubber(dynamodb):
        assert [] == table.execute([], rounds=ROUNDS)
        assert [] == table.get([])


def test_items_of_several_tables_are_read_in_one_call(dynamodb, table) -> None:
    with Stubber(dynamodb) as stub:
        stub.add_response(
            "batch_get_item",
            {"Responses": {"things": [KEYS[0]], "people": [KEYS[1]]}},
            {
                "RequestItems": {
                    "things": {"Keys": [KEYS[0]], "ConsistentRead": True},
                    "people": {"Keys": [KEYS[1]], "ConsistentRead": True},
                }
            },
        )
        found = table.get_anywhere([("things", KEYS[0]), ("people", KEYS[1])])

    assert [("things", KEYS[0]), ("people", KEYS[1])] == found


def test_keys_left_unprocessed_are_asked_for_again_and_not_at_once(dynamodb, table, pauses) -> None:
    left = {"things": {"Keys": [KEYS[1]], "ConsistentRead": True}}
    with Stubber(dynamodb) as stub:
        stub.add_response(
            "batch_get_item", {"Responses": {"things": [KEYS[0]]}, "UnprocessedKeys": left}
        )
        stub.add_response("batch_get_item", {"Responses": {"things": [KEYS[1]]}})

        assert KEYS == table.get(KEYS)
    assert 1 == len(pauses)


def test_keys_that_stay_unprocessed_are_a_failure_and_not_missing_items(dynamodb, table) -> None:
    """An item that was not read is not an item that is not there."""
    left = {"things": {"Keys": KEYS, "ConsistentRead": True}}
    with Stubber(dynamodb) as stub, pytest.raises(LedgerUnavailable):
        for _ in range(ROUNDS):
            stub.add_response(
                "batch_get_item", {"Responses": {"things": []}, "UnprocessedKeys": left}
            )
        table.get(KEYS)


def test_a_call_that_fails_names_its_code(dynamodb, table) -> None:
    with Stubber(dynamodb) as stub, pytest.raises(LedgerUnavailable, match="Throttling"):
        stub.add_client_error("batch_get_item", "ThrottlingException")
        table.get(KEYS)


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_the_same_millisecond_however_often_it_is_written_and_read(moment) -> None:
    """A condition on it must hold: an instant that loses a millisecond is another one."""
    once = time_from_millis(millis(moment))

    assert timedelta() <= moment - once < timedelta(milliseconds=1)
    assert once == time_from_millis(millis(once))


def counting(stub: Stubber, *pages: Mapping[str, object]) -> None:
    """Let the oldest be read, and then the pages of a count."""
    stub.add_response("query", {"Items": [{"due_at": millis(START)}]})
    for page in pages:
        stub.add_response("query", page)


def test_what_is_due_is_counted_to_the_end_of_its_pages(dynamodb, table) -> None:
    with Stubber(dynamodb) as stub:
        counting(stub, {"Count": 7, "LastEvaluatedKey": {"id": text("g")}}, {"Count": 2})
        counted, oldest = table.count_due("due", "due-0", until=START, at_most=100)

    assert (9, millis(START)) == (counted, oldest["due_at"])


def test_a_count_reads_no_page_beyond_its_limit(dynamodb, table) -> None:
    """A page costs what a mebibyte of reading costs, and a night may leave hundreds."""
    with Stubber(dynamodb) as stub:
        counting(stub, {"Count": 7, "LastEvaluatedKey": {"id": text("g")}})
        assert 7 == table.count_due("due", "due-0", until=START, at_most=7)[0]
        stub.assert_no_pending_responses()


def test_where_nothing_is_due_nothing_is_counted(dynamodb, table) -> None:
    with Stubber(dynamodb) as stub:
        stub.add_response("query", {"Items": []})
        assert table.count_due("due", "due-0", until=START, at_most=7) is None
