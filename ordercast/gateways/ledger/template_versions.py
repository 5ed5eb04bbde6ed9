"""Keep what messages were made from in the ledger table, by version. Used by senders and `status --rendered`.

An item has no ttl: it is about 2 KB, holds nothing personal, and is there for as long as any row
that names it.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct

from ordercast.gateways.dynamodb import partiql
from ordercast.gateways.dynamodb.codec import Item, text
from ordercast.gateways.dynamodb.table import Table, insist

_PREFIX = "template-version#"


class DynamoTemplateVersions(Struct, frozen=True, kw_only=True):
    """The versions of templates in DynamoDB."""

    table: Table

    def keep(self, sources: Mapping[str, bytes]) -> None:
        """Insert the compressed sources of each version that is not there yet."""
        items = [{**_key(version), "sources": {"B": each}} for version, each in sources.items()]
        insist(self.table.execute([partiql.insert(self.table.name, item) for item in items]))

    def find(self, versions: AbstractSet[str]) -> dict[str, bytes]:
        """Return the compressed sources of those versions that are there."""
        items = self.table.get([_key(version) for version in versions])
        return {
            item["pk"]["S"].removeprefix(_PREFIX): bytes(item["sources"]["B"]) for item in items
        }


def _key(version: str) -> Item:
    name = text(_PREFIX + version)
    return {"pk": name, "sk": name}
