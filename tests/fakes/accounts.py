"""Accounts of budgets, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from msgspec.structs import replace

from ordercast.budgets.account import NOTHING, Account, AccountDraw, Drawn, moved
from ordercast.errors import LedgerUnavailable
from ordercast.pacing.bucket import Draw
from ordercast.workflows.ports import PaceAnswer
from tests.fakes.buckets import FakeBuckets


@dataclass(slots=True)
class FakeAccounts:
    """Accounts by key, beside the buckets of pace; the methods in `unavailable` raise and do nothing.

    `lowest` is the least that a draw ever left of each.
    """

    buckets: FakeBuckets = field(default_factory=FakeBuckets)
    kept: dict[str, Account] = field(default_factory=dict)
    lowest: dict[str, Decimal] = field(default_factory=dict)
    unavailable: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)

    def draw(
        self, draws: Sequence[AccountDraw], pace: Draw | None = None
    ) -> tuple[list[Drawn], PaceAnswer | None]:
        self._call("draw")
        return list(map(self._draw, draws)), self.buckets.draw(pace) if pace else None

    def give_back(self, draws: Sequence[AccountDraw]) -> None:
        self._call("give_back")
        for draw in draws:
            back = {slot: -amount for slot, amount in draw.by_slot.items()}
            self.kept[draw.key] = moved(self.kept[draw.key], back)

    def read(self, keys: Sequence[str]) -> dict[str, Account]:
        self._call("read")
        return {key: self.kept[key] for key in keys if key in self.kept}

    def change(self, changes: Sequence[tuple[Account | None, Account]]) -> set[str]:
        self._call("change")
        return {new.key for seen, new in changes if self._change(seen, new)}

    def _draw(self, draw: AccountDraw) -> Drawn:
        there = self.kept.setdefault(draw.key, draw.opened)
        after = draw.drawn(there)
        if after:
            self.kept[draw.key] = after
            self.lowest[draw.key] = min(self.lowest.get(draw.key, after.left), after.left)
        return Drawn(done=after is not None, account=after or there)

    def _change(self, seen: Account | None, new: Account) -> bool:
        there = self.kept.get(new.key)
        if seen is None:
            self.kept.setdefault(new.key, new)
            return there is None
        if there is None or there.limit != seen.limit:
            return False
        adjusted = {s for s, a in new.adjusted.items() if a != seen.adjusted.get(s, NOTHING)}
        used = {
            s: a - seen.used.get(s, NOTHING)
            for s, a in new.used.items()
            if a != seen.used.get(s, NOTHING)
        }
        if any(there.adjusted.get(s) != seen.adjusted.get(s) for s in adjusted) or any(
            there.used.get(s) != seen.used.get(s) for s in used.keys() - adjusted
        ):
            return False
        self.kept[new.key] = replace(
            moved(there, used),
            limit=new.limit,
            left=there.left + new.left - seen.left,
            adjusted={**there.adjusted, **{s: new.adjusted[s] for s in adjusted}},
        )
        return True

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.unavailable:
            raise LedgerUnavailable(name)
