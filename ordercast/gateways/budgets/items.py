"""Write the accounts of budgets as items and read them back. Used by the gateway beside it.

`u` and a slot is what that slot has used, `a` and a slot what counting has adjusted. Every slot is
there from the beginning, because PartiQL adds to no attribute that is missing.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from ordercast.budgets.account import NOTHING, Account, AccountDraw, BySlot
from ordercast.budgets.budget import keep_until
from ordercast.gateways.dynamodb import partiql
from ordercast.gateways.dynamodb.codec import DOLLARS, TTL, Attribute, Item, text
from ordercast.gateways.dynamodb.partiql import Update
from ordercast.gateways.dynamodb.table import Statement

ACCOUNT_PREFIX = "budget#"
_SORT_KEY = "account"
_USED, _ADJUSTED = "u", "a"


def account_key(key: str) -> Item:
    """Return the key of an account's item."""
    return {"pk": text(ACCOUNT_PREFIX + key), "sk": text(_SORT_KEY)}


def insert_account(table: str, account: Account) -> Statement:
    """Insert an account that is not there."""
    item = {
        **account_key(account.key),
        "limit": DOLLARS.write(account.limit),
        "left": DOLLARS.write(account.left),
        **_slots(_USED, account.used),
        **_slots(_ADJUSTED, account.adjusted),
        "ttl": TTL.write(keep_until(account.key)),
    }
    return partiql.insert(table, item)


def read_account(item: Item) -> Account:
    """Return the account that an item holds."""
    return Account(
        key=item["pk"]["S"].removeprefix(ACCOUNT_PREFIX),
        limit=DOLLARS.read(item["limit"]),
        left=DOLLARS.read(item["left"]),
        used=_read_slots(_USED, item),
        adjusted=_read_slots(_ADJUSTED, item),
    )


def draw_from(table: str, draw: AccountDraw, *, sign: int = 1) -> Statement:
    """Draw where enough is left; with the *sign* -1, give back in any case."""
    return partiql.update(
        table,
        account_key(draw.key),
        Update(
            increased={
                "left": DOLLARS.write(-sign * draw.total),
                **_slots(_USED, {slot: sign * each for slot, each in draw.by_slot.items()}),
            }
        ),
        where={},
        between={"left": (DOLLARS.write(draw.least), None)} if sign > 0 else {},
        returning=sign > 0,
    )


def change_account(table: str, seen: Account, new: Account) -> Statement:
    """Add what differs, where the limit and the slots that change are as they were seen."""
    adjusted = _differing(seen.adjusted, new.adjusted)
    used = _differing(seen.used, new.used)
    limit = {"limit": DOLLARS.write(new.limit)} if new.limit != seen.limit else {}
    by_hand = [slot for slot in used if slot not in adjusted]
    return partiql.update(
        table,
        account_key(seen.key),
        Update(
            set_={**limit, **_slots(_ADJUSTED, {s: new.adjusted[s] for s in adjusted})},
            increased={
                "left": DOLLARS.write(new.left - seen.left),
                **_slots(_USED, {s: new.used[s] - seen.used.get(s, NOTHING) for s in used}),
            },
        ),
        where={
            "limit": [DOLLARS.write(seen.limit)],
            **_equal(_ADJUSTED, seen.adjusted, adjusted),
            **_equal(_USED, seen.used, by_hand),
        },
    )


def _differing(seen: BySlot, new: BySlot) -> list[str]:
    return [slot for slot, amount in new.items() if amount != seen.get(slot, NOTHING)]


def _equal(prefix: str, seen: BySlot, slots: Iterable[str]) -> Mapping[str, list[Attribute]]:
    return {prefix + slot: [DOLLARS.write(seen.get(slot, NOTHING))] for slot in slots}


def _slots(prefix: str, amounts: BySlot) -> dict[str, Attribute]:
    return {prefix + slot: DOLLARS.write(amount) for slot, amount in amounts.items()}


def _read_slots(prefix: str, item: Item) -> dict[str, Decimal]:
    return {
        name.removeprefix(prefix): DOLLARS.read(value)
        for name, value in sorted(item.items())
        if name.startswith(prefix) and name[len(prefix) :].isdigit()
    }
