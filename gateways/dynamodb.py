"""Many statements, keys or items in, DynamoDB's bulk calls and an answer for each out.

A bulk call answers 200 and fails in part: whatever was throttled or left unprocessed is trouble
and is raised, never mistaken for done.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from notifications.errors import LedgerUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = Mapping[str, Mapping[str, Any]]
"""An item or a key as the API writes it: `{"pk": {"S": "…"}}`."""

STATEMENTS_A_CALL = 25  # BatchExecuteStatement
KEYS_A_CALL = 100  # BatchGetItem
ITEMS_A_CALL = 25  # BatchWriteItem
ROUNDS = 4  # until unprocessed keys or items are given up as trouble

# BatchStatementError codes by which a condition, not the service, refused a statement.
REFUSALS = frozenset({"ConditionalCheckFailed", "DuplicateItem"})

_In = TypeVar("_In")
_Out = TypeVar("_Out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One PartiQL statement on one key; a call takes one statement a key."""

    text: str
    parameters: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one statement did; `item` is what it was asked to return."""

    refused: bool
    item: Item | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table's bulk calls; calls of a batch run side by side on *executor*."""

    client: "DynamoDBClient"
    name: str
    executor: Executor

    def execute(self, statements: Sequence[Statement]) -> list[Answer]:
        """Run each statement by itself; raises `LedgerUnavailable` if any met trouble."""
        return self._in_chunks(statements, STATEMENTS_A_CALL, self._execute)

    def get(self, keys: Sequence[Item]) -> list[Item]:
        """Read the items that there are, consistently; raises `LedgerUnavailable`."""
        return self._in_chunks(keys, KEYS_A_CALL, self._get)

    def put(self, items: Sequence[Item]) -> None:
        """Write each item over whatever is there; raises `LedgerUnavailable`."""
        self._in_chunks(items, ITEMS_A_CALL, self._put)

    def _in_chunks(
        self,
        things: Sequence[_In],
        size: int,
        call: Callable[[Sequence[_In]], list[_Out]],
    ) -> list[_Out]:
        try:
            answers = self.executor.map(call, _chunks(things, size))
            return [answer for chunk in answers for answer in chunk]
        except (BotoCoreError, ClientError) as error:
            message = f"{type(error).__name__} {_code(error)}".rstrip()
            raise LedgerUnavailable(message) from error

    def _execute(self, statements: Sequence[Statement]) -> list[Answer]:
        response = self.client.batch_execute_statement(
            Statements=[{"Statement": s.text, "Parameters": s.parameters} for s in statements]
        )
        return [_answer(each) for each in response["Responses"]]

    def _get(self, keys: Sequence[Item]) -> list[Item]:
        found: list[Item] = []
        wanted: Mapping[str, Any] = {self.name: {"Keys": keys, "ConsistentRead": True}}
        for _ in range(ROUNDS):
            response = self.client.batch_get_item(RequestItems=wanted)
            found += response["Responses"].get(self.name, [])
            wanted = response.get("UnprocessedKeys") or {}
            if not wanted:
                return found
        message = "keys were left unread"
        raise LedgerUnavailable(message)

    def _put(self, items: Sequence[Item]) -> list[None]:
        wanted: Mapping[str, Any] = {self.name: [{"PutRequest": {"Item": i}} for i in items]}
        for _ in range(ROUNDS):
            wanted = self.client.batch_write_item(RequestItems=wanted).get("UnprocessedItems") or {}
            if not wanted:
                return []
        message = "items were left unwritten"
        raise LedgerUnavailable(message)


def text(value: str) -> Mapping[str, str]:
    """Write a string as the API does."""
    return {"S": value}


def number(value: int) -> Mapping[str, str]:
    """Write a whole number as the API does."""
    return {"N": str(value)}


def _chunks(things: Sequence[_In], size: int) -> Iterator[Sequence[_In]]:
    return (things[start : start + size] for start in range(0, len(things), size))


def _answer(response: Mapping[str, Any]) -> Answer:
    error = response.get("Error")
    if error is None:
        return Answer(refused=False, item=response.get("Item"))
    if error.get("Code") in REFUSALS:
        return Answer(refused=True)
    message = f"statement failed: {error.get('Code')}"
    raise LedgerUnavailable(message)


def _code(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
