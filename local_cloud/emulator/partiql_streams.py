"""Put PartiQL writes on the table's stream, with old and new image. Used by `serve`.

DynamoDB puts every change of an item on the table's stream, however it was
written (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html);
ministack leaves INSERT, UPDATE and DELETE statements out.
"""

# ruff: noqa: ANN401, SLF001 - ministack's internals have neither types nor a public interface

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from local_cloud.emulator.faster_dynamodb import copied

if TYPE_CHECKING:
    from collections.abc import Callable

HTTP_OK = 200


def emit_stream_records(dynamodb: Any) -> None:
    """Make the three PartiQL writes of ministack's *dynamodb* module write stream records."""
    records = _Records(dynamodb)
    dynamodb._partiql_insert = records.after(dynamodb._partiql_insert, records.key_inserted)
    dynamodb._partiql_update = records.after(dynamodb._partiql_update, records.key_named)
    dynamodb._partiql_delete = records.after(dynamodb._partiql_delete, records.key_named)
    dynamodb._execute_transaction = records.all_or_none(dynamodb._execute_transaction)


class _Records:
    """Compares an item before and after a write; holds records back while a transaction may yet fail."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb
        self._held: list[tuple[Any, ...]] | None = None

    def after(
        self, write: Callable[..., Any], key_of: Callable[[Any, Any], Any]
    ) -> Callable[..., Any]:
        """Follow *write* with a record of what it changed; a write that changes nothing has none."""

        @functools.wraps(write)
        def writing(table: Any, parsed: Any, *rest: Any) -> Any:
            key = key_of(table, parsed)
            before = self._item(table, key)
            answer = write(table, parsed, *rest)
            if answer[0] == HTTP_OK:
                self._note(table["TableName"], before, self._item(table, key))
            return answer

        return writing

    def all_or_none(self, transaction: Callable[..., Any]) -> Callable[..., Any]:
        """Emit the records of a *transaction* only when it went through."""

        @functools.wraps(transaction)
        def executing(data: Any) -> Any:
            # ministack answers DynamoDB calls one after the other on its event loop, so one list will do.
            self._held = []
            try:
                answer = transaction(data)
            finally:
                held, self._held = self._held, None
            if answer[0] == HTTP_OK:
                for record in held:
                    self._dynamodb._emit_stream_event(*record)
            return answer

        return executing

    def key_inserted(self, table: Any, parsed: Any) -> Any:
        """Find the key of the item that an INSERT brings, which may be wrapped as {"M": …}."""
        item = parsed.get("item") or {}
        item = item["M"] if set(item) == {"M"} else item
        extract = self._dynamodb._extract_key_val
        sort = extract(item.get(table["sk_name"])) if table["sk_name"] else "__no_sort__"
        return extract(item.get(table["pk_name"])), sort

    def key_named(self, table: Any, parsed: Any) -> Any:
        """Find the key that the WHERE of an UPDATE or DELETE names; (None, None) when it names none."""
        return self._dynamodb._partiql_key_target(table, parsed)[:2]

    def _note(self, table_name: str, before: Any, after: Any) -> None:
        if before is None and after is None:
            return
        kind = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
        record = (table_name, kind, before, after)
        if self._held is None:
            self._dynamodb._emit_stream_event(*record)
        else:
            self._held.append(record)

    @staticmethod
    def _item(table: Any, key: Any) -> Any:
        return copied(table["items"].get(key[0], {}).get(key[1]))
