"""Keep the names of the stage's shops, in one item of the rollups table. Written by the verifier, read by `ordercast find`."""

from collections.abc import Collection

from msgspec import Struct

from ordercast.gateways.dynamodb.codec import Item, text
from ordercast.gateways.dynamodb.table import Table, translated

_KEY: Item = {"pk": text("shops"), "sk": text("shops")}


class DynamoShops(Struct, frozen=True, kw_only=True):
    """The names in DynamoDB, without an end: they are few."""

    table: Table

    def read(self) -> frozenset[str]:
        """Return the names that are kept. Raises `LedgerUnavailable`."""
        return frozenset(name for item in self.table.get([_KEY]) for name in item["names"]["SS"])

    def write(self, names: Collection[str]) -> None:
        """Keep these, one at least, in place of the others. Raises `LedgerUnavailable`."""
        item: Item = {**_KEY, "names": {"SS": sorted(names)}}
        with translated():
            self.table.client.put_item(TableName=self.table.name, Item=item)
