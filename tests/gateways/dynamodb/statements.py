"""Record every statement that a client sends, with its conditions. Used by tests of gateways."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.client import BaseClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One statement: `changes` as they are written, `where` each condition's values."""

    changes: tuple[str, ...]
    where: Mapping[str, list[Any]]

    def conditions(self) -> dict[str, list[Any]]:
        """Return the conditions on anything but the key."""
        keys = {'"pk"=?', '"sk"=?', '"person"=?'}
        return {name: values for name, values in self.where.items() if name not in keys}


def noted(client: BaseClient) -> list[Sent]:
    """Return a list that each statement comes to, as it is sent."""
    sent: list[Sent] = []

    def note(params: dict[str, Any], **_: object) -> None:
        sent.extend(_read(each["Statement"], each["Parameters"]) for each in params["Statements"])

    client.meta.events.register("provide-client-params.dynamodb.BatchExecuteStatement", note)
    return sent


def _read(text: str, parameters: list[Any]) -> Sent:
    latest_status, _, conditions = text.removesuffix(" RETURNING ALL NEW *").partition(" WHERE ")
    values = list(parameters)[latest_status.count("?") :]
    where = {}
    for each in conditions.split(" AND ") if conditions else []:
        count = each.count("?")
        where[each], values = values[:count], values[count:]
    changes = re.findall(r'(?:SET|REMOVE) "[^"]+"\S*', latest_status)
    return Sent(changes=tuple(changes), where=where)
