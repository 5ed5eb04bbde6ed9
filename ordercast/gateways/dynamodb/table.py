"""Run many statements or reads on a table in bulk calls, with an answer for each.

A bulk call answers 200 and fails in part: what was throttled or left unprocessed counts as failed.
Reads raise that; a conditional statement answers it, so that one failure does not hide the others.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from ordercast.errors import LedgerUnavailable
from ordercast.gateways.dynamodb.codec import Item, millis, text

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Located = tuple[str, Item]
"""A table's name and an item of it, or a key."""

STATEMENTS_A_CALL = 25  # BatchExecuteStatement
KEYS_A_CALL = 100  # BatchGetItem
ROUNDS = 4  # before what is throttled or unprocessed counts as failed

# How a condition, not the service, refuses a statement (API reference: BatchStatementError).
REFUSALS = frozenset({"ConditionalCheckFailed", "DuplicateItem"})

# Errors of requests that will never be accepted: of one statement, of a whole call, and of the
# SDK before it makes the call.
BUGS = frozenset(
    {
        "ParamValidationError",
        "SerializationException",
        "ValidationError",
        "ValidationException",
    }
)

_In = TypeVar("_In")
_Out = TypeVar("_Out")


class Unacceptable(Exception):
    """DynamoDB will never accept the request: a bug of ours, named by its code alone.

    The trap is the SDK's own text, which quotes the values it was given.
    """


class Statement(Struct, frozen=True, kw_only=True):
    """One PartiQL statement on one key; a call takes one statement a key."""

    text: str
    parameters: Sequence[Mapping[str, Any]]


class Answer(Struct, frozen=True, kw_only=True):
    """What became of one statement: carried out, refused by its condition, or failed.

    `item` is what it was asked to return or, if it was refused, what was there instead: not every
    refusal says so. A failed statement may have been carried out all the same.
    """

    refused: bool = False
    failure: str | None = None
    item: Item | None = None


class Table(Struct, frozen=True, kw_only=True):
    """One table's bulk calls; calls of a batch run side by side on *executor*.

    `pause` (seconds) is how to wait before what was throttled is tried again; by default not at all.
    """

    client: "DynamoDBClient"
    name: str
    executor: Executor
    pause: Callable[[float], None] = lambda _: None

    def execute(self, statements: Sequence[Statement], *, rounds: int = 1) -> list[Answer]:
        """Run each statement by itself; failed ones are tried up to *rounds* times in all."""
        answers = self._in_chunks(statements, STATEMENTS_A_CALL, self._execute)
        for seconds in _pauses(rounds):
            places = [place for place, answer in enumerate(answers) if _may_pass(answer)]
            if not places:
                break
            self.pause(seconds)
            again = self._in_chunks(
                [statements[place] for place in places], STATEMENTS_A_CALL, self._execute
            )
            for place, answer in zip(places, again, strict=True):
                answers[place] = answer
        return answers

    def get(self, keys: Sequence[Item]) -> list[Item]:
        """Read the items that there are, consistently; raises `LedgerUnavailable`."""
        return [item for _, item in self.get_anywhere([(self.name, key) for key in keys])]

    def get_anywhere(self, keys: Sequence[Located]) -> list[Located]:
        """Read as `get` does, from this table and others beside it."""
        return self._in_chunks(keys, KEYS_A_CALL, self._get)

    def due(
        self, index: str, partitions: Sequence[str], *, until: datetime, limit: int
    ) -> list[Item]:
        """Read up to *limit* keys due by *until*, oldest first, of each partition an equal share."""
        share = -(-limit // max(1, len(partitions)))
        pages = self.executor.map(lambda each: self._due(index, each, until, share), partitions)
        keys = [key for page in pages for key in page]
        return sorted(keys, key=lambda key: int(key["due_at"]["N"]))[:limit]

    def count_due(
        self, index: str, partition: str, *, until: datetime, at_most: int
    ) -> tuple[int, Item] | None:
        """Count what is due by *until* in a partition, and return the oldest; None if nothing is.

        A page counts all that is in a mebibyte of the index; no page begins beyond *at_most*.
        """
        oldest = self._due(index, partition, until, 1)
        if not oldest:
            return None
        query = {**self._due_query(index, partition, until), "Select": "COUNT"}
        counted = 0
        while counted < at_most:
            with translated():
                page = self.client.query(**query)
            counted += page["Count"]
            if "LastEvaluatedKey" not in page:
                break
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        return max(1, counted), oldest[0]

    def counts(self, index: str, attribute: str, partitions: Sequence[str]) -> list[int]:
        """Return how many items each partition of an index has."""
        return list(self.executor.map(lambda each: self._count(index, attribute, each), partitions))

    def side_by_side(self, queries: Iterable[Iterable[Mapping[str, Any]]]) -> Iterator[list[Item]]:
        """Yield the items of paginated *queries*, by the page: one of each query at a time."""
        waiting = [_items(query) for query in queries]
        while waiting:
            pages = list(self.executor.map(lambda pages: next(pages, None), waiting))
            yield from (page for page in pages if page is not None)
            waiting = [p for p, page in zip(waiting, pages, strict=True) if page is not None]

    def _due(self, index: str, partition: str, until: datetime, limit: int) -> Sequence[Item]:
        with translated():
            return self.client.query(**self._due_query(index, partition, until), Limit=limit)[
                "Items"
            ]

    def _due_query(self, index: str, partition: str, until: datetime) -> dict[str, Any]:
        return {
            "TableName": self.name,
            "IndexName": index,
            "KeyConditionExpression": "due_shard = :partition AND due_at <= :until",
            "ExpressionAttributeValues": {":partition": text(partition), ":until": millis(until)},
        }

    def _count(self, index: str, attribute: str, partition: str) -> int:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            IndexName=index,
            KeyConditionExpression=f"{attribute} = :partition",
            ExpressionAttributeValues={":partition": text(partition)},
            Select="COUNT",
        )
        with translated():
            return sum(page["Count"] for page in pages)

    def _in_chunks(
        self,
        things: Sequence[_In],
        size: int,
        call: Callable[[Sequence[_In]], list[_Out]],
    ) -> list[_Out]:
        chunks = (things[start : start + size] for start in range(0, len(things), size))
        answers = self.executor.map(call, chunks)
        return [answer for chunk in answers for answer in chunk]

    def _execute(self, statements: Sequence[Statement]) -> list[Answer]:
        try:
            response = self.client.batch_execute_statement(
                Statements=[
                    {
                        "Statement": each.text,
                        "Parameters": each.parameters,
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                    for each in statements
                ]
            )
        except (BotoCoreError, ClientError) as error:
            return [Answer(failure=_code(error))] * len(statements)
        return [_answer(each) for each in response["Responses"]]

    def _get(self, keys: Sequence[Located]) -> list[Located]:
        found: list[Located] = []
        wanted = _request(keys)
        for seconds in (0.0, *_pauses(ROUNDS)):
            if seconds:
                self.pause(seconds)
            with translated():
                response = self.client.batch_get_item(RequestItems=wanted)
            found += [(name, i) for name, items in response["Responses"].items() for i in items]
            wanted = response.get("UnprocessedKeys") or {}
            if not wanted:
                return found
        raise LedgerUnavailable("keys were left unread")


def insist(answers: Iterable[Answer]) -> None:
    """Raise the first failure among *answers*: `LedgerUnavailable`, or `Unacceptable` for a bug."""
    failures = [answer.failure for answer in answers if answer.failure]
    for code in failures:
        if code in BUGS:
            raise Unacceptable(code)
    if failures:
        raise LedgerUnavailable(f"statement failed: {failures[0]}")


@contextmanager
def translated() -> Iterator[None]:
    """Translate the client's errors into `LedgerUnavailable` or `Unacceptable`, by their code alone."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        code = _code(error)
        if code in BUGS:
            raise Unacceptable(code) from None
        raise LedgerUnavailable(f"call failed: {code}") from None


def _items(pages: Iterable[Mapping[str, Any]]) -> Iterator[list[Item]]:
    reading = iter(pages)
    while True:
        with translated():
            page = next(reading, None)
        if page is None:
            return
        yield list(page["Items"])


def _request(keys: Sequence[Located]) -> Mapping[str, Any]:
    wanted: dict[str, Any] = {}
    for name, key in keys:
        wanted.setdefault(name, {"Keys": [], "ConsistentRead": True})["Keys"].append(key)
    return wanted


def _answer(response: Mapping[str, Any]) -> Answer:
    error = response.get("Error")
    if error is None:
        return Answer(item=response.get("Item"))
    if error.get("Code") in REFUSALS:
        return Answer(refused=True, item=error.get("Item"))
    return Answer(failure=error.get("Code") or "no code")


def _may_pass(answer: Answer) -> bool:
    return answer.failure is not None and answer.failure not in BUGS


def _pauses(rounds: int) -> Iterator[float]:
    """Return the seconds to wait before each round after the first."""
    return (0.05 * 2**each for each in range(rounds - 1))


def _code(error: Exception) -> str:
    """Name the service's code, or what happened on the way to it."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else None
    return code or type(error).__name__
