"""Answer DynamoDB calls from tables in memory, with AWS's refusals. Used by the stand-in."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from heapq import nsmallest
from typing import Any

from benchmarks.aws import partiql, write_units
from benchmarks.aws.partiql import Item

Key = tuple[str, ...]
Answer = dict[str, Any]

KEYS_A_CALL = 100
STATEMENTS_A_CALL = 25
ACTIONS_A_CALL = 100


class MemoryTable:
    """One table's items; write units are counted by kind of item."""

    def __init__(self, *key_names: str, **indexes: Sequence[str]) -> None:
        """Name the attributes of its key, and of each of its *indexes*' keys."""
        self.key_names = key_names
        self.items: dict[Key, Item] = {}
        self.units: Counter[str] = Counter()
        self.largest: Counter[str] = Counter()
        self._indexes = indexes
        self._waiting: defaultdict[str, dict[Key, int]] = defaultdict(dict)

    def key_of(self, item: Item) -> Key:
        """Return an item's key."""
        return tuple(str(item[name]["S"]) for name in self.key_names)

    def write(self, key: Key, after: Item) -> None:
        """Put *after* in its place, and count."""
        before = self.items.get(key)
        self._count(key, before, after)
        if before and "due_shard" in before:
            self._waiting[before["due_shard"]["S"]].pop(key, None)
        if "due_shard" in after:
            self._waiting[after["due_shard"]["S"]][key] = int(after["due_at"]["N"])
        for name, names in self._indexes.items():
            self.units[f"{_kind(key)} in the index {name}"] += write_units.for_index(
                before, after, (*self.key_names, *names)
            )
        self.items[key] = after

    def due(self, partition: str, until: int, limit: int | None) -> list[Item]:
        """Return the keys of what waits in a partition of the index `due` *until* then, oldest first."""
        found = (
            (due_at, key) for key, due_at in self._waiting[partition].items() if due_at <= until
        )
        # So many are enough: a round reads no more than it acts on.
        oldest = nsmallest(limit, found) if limit else sorted(found)
        return [
            {name: {"S": part} for name, part in zip(self.key_names, key, strict=True)}
            | {"due_shard": {"S": partition}, "due_at": {"N": str(due_at)}}
            for due_at, key in oldest
        ]

    def refuse(self, key: Key) -> Item | None:
        """Count a refused write, which costs as much as a write."""
        self._count(key, self.items.get(key), None)
        return self.items.get(key)

    def _count(self, key: Key, before: Item | None, after: Item | None) -> None:
        self.units[_kind(key)] += write_units.for_item(before, after)
        self.largest[_kind(key)] = max(self.largest[_kind(key)], write_units.size(after or {}))


class MemoryTables:
    """Every table by name, and the calls on them."""

    def __init__(self, tables: Mapping[str, MemoryTable]) -> None:
        self._tables = tables

    def __getitem__(self, name: str) -> MemoryTable:
        return self._tables[name]

    def batch_get_item(self, request: Answer) -> Answer:
        """Return the items that exist."""
        wanted = {name: each["Keys"] for name, each in request["RequestItems"].items()}
        _refuse_more(sum(map(len, wanted.values())), KEYS_A_CALL)
        found: dict[str, list[Item]] = {}
        for name, keys in wanted.items():
            table = self._tables[name]
            places = _distinct(table.key_of(key) for key in keys)
            found[name] = [table.items[place] for place in places if place in table.items]
        return {"Responses": found, "UnprocessedKeys": {}}

    def batch_execute_statement(self, request: Answer) -> Answer:
        """Run each statement by itself; return a response for each."""
        wanted = [
            partiql.read(each["Statement"], each["Parameters"]) for each in request["Statements"]
        ]
        _refuse_more(len(wanted), STATEMENTS_A_CALL)
        _distinct((each.table, *self._tables[each.table].key_of(each.named)) for each in wanted)
        return {"Responses": [self._execute(each) for each in wanted]}

    def get_item(self, request: Answer) -> Answer:
        """Return one item, if it exists."""
        table = self._tables[request["TableName"]]
        item = table.items.get(table.key_of(request["Key"]))
        return {} if item is None else {"Item": item}

    def put_item(self, request: Answer) -> Answer:
        """Put one item unconditionally."""
        table = self._tables[request["TableName"]]
        table.write(table.key_of(request["Item"]), request["Item"])
        return {}

    def update_item(self, request: Answer) -> Answer:
        """Change one item unconditionally."""
        table = self._tables[request["TableName"]]
        place = table.key_of(request["Key"])
        table.write(place, _updated(table.items.get(place), request))
        return {}

    def transact_write_items(self, request: Answer) -> Answer:
        """Put and add, all of it; a transaction takes each write's units twice."""
        actions = request["TransactItems"]
        _refuse_more(len(actions), ACTIONS_A_CALL)
        for action in actions:
            ((kind, request),) = action.items()
            table = self._tables[request["TableName"]]
            place = table.key_of(request["Item"] if kind == "Put" else request["Key"])
            before = table.items.get(place)
            if kind == "Put":
                _refuse_unexpected(before, request)
            after = request["Item"] if kind == "Put" else _updated(before, request)
            table.write(place, after)
            table.write(place, after)
        return {}

    def query(self, request: Answer) -> Answer:
        """Return what is due in a partition of an index, or count it.

        Of any other, answer a count of 0: the plain implementation's rate limit is never reached.
        """
        if request.get("IndexName") != "due":
            return {"Count": 0, "ScannedCount": 0}
        values = request["ExpressionAttributeValues"]
        table, until = self._tables[request["TableName"]], int(values[":until"]["N"])
        due = table.due(values[":partition"]["S"], until, request.get("Limit"))
        items = {} if request.get("Select") == "COUNT" else {"Items": due}
        return {"Count": len(due), "ScannedCount": len(due), **items}

    def _execute(self, statement: partiql.Statement) -> Answer:
        table = self._tables[statement.table]
        place = table.key_of(statement.named)
        before = table.items.get(place)
        if statement.inserts and before is not None:
            return _refused("DuplicateItem", table.refuse(place))
        if not statement.inserts and (before is None or not statement.holds(before)):
            return _refused("ConditionalCheckFailed", table.refuse(place))
        after = statement.changed(before or {})
        table.write(place, after)
        return {"TableName": statement.table, **({"Item": after} if statement.returns else {})}


def _refuse_unexpected(before: Item | None, request: Answer) -> None:
    """Raise if an unexpected item exists."""
    assumed = request.get("ExpressionAttributeValues", {}).get(":assumed")
    if assumed != (before and before["version"]):
        message = "the stand-in cancels no transaction: count nothing twice"
        raise ValueError(message)


def _updated(before: Item | None, request: Answer) -> Item:
    """Return the item after `ADD #0 :0, #1 :1` or `SET #0 = :0, #1 = :1`."""
    after = dict(before or request["Key"])
    names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
    verb, changes = request["UpdateExpression"].split(" ", 1)
    for change in changes.split(", "):
        name, *_, value = change.split(" ")
        known = Decimal(after.get(names[name], {"N": "0"})["N"]) if verb == "ADD" else None
        after[names[name]] = (
            values[value] if known is None else {"N": str(known + Decimal(values[value]["N"]))}
        )
    return after


def _refused(code: str, item: Item | None) -> Answer:
    error: Answer = {"Code": code, "Message": "The conditional request failed"}
    return {"Error": error if item is None else {**error, "Item": item}}


def _refuse_more(count: int, limit: int) -> None:
    if not 0 < count <= limit:
        message = f"{count} in one call that takes 1 to {limit}"
        raise ValueError(message)


def _distinct(places: Iterable[Key]) -> list[Key]:
    places = list(places)
    if len(set(places)) < len(places):
        message = "one key twice in a call"
        raise ValueError(message)
    return places


def _kind(key: Key) -> str:
    """Return an item's kind: `notification#…` in either half of its key, else `item`."""
    if key[0].startswith(("counted#", "bucket#")):
        return key[0].split("#")[0]
    return key[-1].split("#")[0] if "#" in key[-1] else "item"
