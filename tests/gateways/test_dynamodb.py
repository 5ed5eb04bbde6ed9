import boto3
import pytest
from botocore.stub import Stubber

from gateways.dynamodb import Statement, Table, text
from notifications.errors import LedgerUnavailable

KEYS = [{"id": text("a")}, {"id": text("b")}]


@pytest.fixture
def dynamodb(aws):
    return boto3.client("dynamodb")


@pytest.fixture
def table(dynamodb, executor) -> Table:
    return Table(client=dynamodb, name="things", executor=executor)


def statements(count: int) -> list[Statement]:
    return [Statement(text="…", parameters=[text(str(n))]) for n in range(count)]


def test_a_refused_condition_is_an_answer_to_its_own_statement_alone(dynamodb, table) -> None:
    with Stubber(dynamodb) as stub:
        stub.add_response(
            "batch_execute_statement",
            {
                "Responses": [
                    {"Item": {"id": text("a")}},
                    {"Error": {"Code": "ConditionalCheckFailed"}},
                    {"Error": {"Code": "DuplicateItem"}},
                ]
            },
        )
        answers = table.execute(statements(3))

    assert [False, True, True] == [answer.refused for answer in answers]
    assert {"id": text("a")} == answers[0].item


@pytest.mark.parametrize("code", ["ThrottlingError", "InternalServerError", "ValidationError"])
def test_a_statement_that_met_trouble_inside_a_200_is_never_taken_for_done(
    dynamodb, table, code
) -> None:
    with Stubber(dynamodb) as stub, pytest.raises(LedgerUnavailable, match=code):
        stub.add_response("batch_execute_statement", {"Responses": [{}, {"Error": {"Code": code}}]})
        table.execute(statements(2))


def test_more_statements_than_a_call_takes_are_split_and_answered_in_order(dynamodb, table) -> None:
    with Stubber(dynamodb) as stub:
        for size in (25, 25, 1):
            stub.add_response("batch_execute_statement", {"Responses": [{}] * size})
        answers = table.execute(statements(51))
        stub.assert_no_pending_responses()

    assert 51 == len(answers)


def test_items_are_read_as_they_were_last_written(dynamodb, table) -> None:
    """A sender reads what the relay wrote a moment ago: an older copy would be told nothing of it."""
    asked = {"RequestItems": {"things": {"Keys": KEYS, "ConsistentRead": True}}}
    with Stubber(dynamodb) as stub:
        stub.add_response("batch_get_item", {"Responses": {"things": KEYS}}, asked)

        assert KEYS == table.get(KEYS)


def test_keys_left_unprocessed_are_asked_for_again(dynamodb, table) -> None:
    left = {"things": {"Keys": [KEYS[1]], "ConsistentRead": True}}
    with Stubber(dynamodb) as stub:
        stub.add_response(
            "batch_get_item", {"Responses": {"things": [KEYS[0]]}, "UnprocessedKeys": left}
        )
        stub.add_response("batch_get_item", {"Responses": {"things": [KEYS[1]]}})

        assert KEYS == table.get(KEYS)


def test_keys_that_stay_unprocessed_are_trouble_and_not_missing_items(dynamodb, table) -> None:
    """An item that was not read is not an item that is not there."""
    left = {"things": {"Keys": KEYS, "ConsistentRead": True}}
    with Stubber(dynamodb) as stub, pytest.raises(LedgerUnavailable):
        for _ in range(4):
            stub.add_response(
                "batch_get_item", {"Responses": {"things": []}, "UnprocessedKeys": left}
            )
        table.get(KEYS)


def test_items_that_stay_unwritten_are_trouble(dynamodb, table) -> None:
    left = {"things": [{"PutRequest": {"Item": KEYS[0]}}]}
    with Stubber(dynamodb) as stub, pytest.raises(LedgerUnavailable):
        for _ in range(4):
            stub.add_response("batch_write_item", {"UnprocessedItems": left})
        table.put(KEYS[:1])


def test_a_call_that_fails_is_trouble_that_names_its_code(dynamodb, table) -> None:
    with Stubber(dynamodb) as stub, pytest.raises(LedgerUnavailable, match="Throttling"):
        stub.add_client_error("batch_get_item", "ThrottlingException")
        table.get(KEYS)
