"""Make a client refuse the bulk calls that AWS refuses and emulators accept. Used by tests of gateways.

Our ports take any number; one level below, a call does not. Sources, each in the API reference:
BatchExecuteStatement, BatchGetItem; PublishBatch; SendMessageBatch.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

Client = TypeVar("Client")


class RefusedByAws(Exception):
    """The whole call is refused: it holds too many, none, or one thing twice."""


def strict(client: Client) -> Client:
    """Let *client* check each bulk call before it leaves."""
    meta = client.meta  # type: ignore[attr-defined]  # every client has it
    meta.events.register(f"provide-client-params.{meta.service_model.service_name}", _check)
    return client


def _check(params: Mapping[str, Any], model: Any, **_: Any) -> None:
    if model.name not in _BULK:
        return
    most, things = _BULK[model.name]
    entries = things(params)
    if not 0 < len(entries) <= most:
        raise RefusedByAws(f"{model.name} takes 1 to {most}, not {len(entries)}")
    if len({json.dumps(each, sort_keys=True, default=str) for each in entries}) < len(entries):
        raise RefusedByAws(f"{model.name} with one thing twice")


def _statements(params: Mapping[str, Any]) -> Sequence[object]:
    return [[n, each] for n, each in enumerate(params["Statements"])]


def _keys(params: Mapping[str, Any]) -> Sequence[object]:
    requested = params["RequestItems"].items()
    return [[table, key] for table, each in requested for key in each["Keys"]]


def _ids(name: str) -> Callable[[Mapping[str, Any]], Sequence[object]]:
    return lambda params: [each["Id"] for each in params[name]]


_BULK: Mapping[str, tuple[int, Callable[[Mapping[str, Any]], Sequence[object]]]] = {
    "BatchExecuteStatement": (25, _statements),
    "BatchGetItem": (100, _keys),
    "PublishBatch": (10, _ids("PublishBatchRequestEntries")),
    "SendMessageBatch": (10, _ids("Entries")),
    "ChangeMessageVisibilityBatch": (10, _ids("Entries")),
    "DeleteMessageBatch": (10, _ids("Entries")),
}
