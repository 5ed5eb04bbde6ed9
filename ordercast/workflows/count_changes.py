"""Count ledger rows into rollups. Used by the analytics function, `verify --repair` and redriving."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from ordercast.budgets.budget import Limits
from ordercast.errors import LedgerUnavailable
from ordercast.rollups.counting import Entry, Transaction, entries, transactions
from ordercast.rollups.rollup import CountedPlaces, CountedVersion, RollupInput

ROUNDS = 6
"""How often a refused transaction is read and tried again: each refusal means that another writer won."""


class Rollups(Protocol):
    """Counted versions and their buckets. Raises `LedgerUnavailable`."""

    def known(self, places: CountedPlaces) -> tuple[dict[str, CountedVersion], Limits]:
        """Return the counted version of each notification in its place, and the budgets."""
        ...

    def commit(self, transactions: Sequence[Transaction], *, writer: int) -> list[bool]:
        """Carry out each transaction or nothing of it; answer which were."""
        ...


class Tally(Struct, frozen=True, kw_only=True):
    """What was counted, and the ids that could not be; the rest was counted before."""

    entries: tuple[Entry, ...]
    undone: frozenset[str]


class Count(Struct, frozen=True, kw_only=True):
    """Count each notification once, at its newest known version.

    `pause` (seconds) waits before another round; `chance` (0 to 1) keeps writers apart.
    """

    rollups: Rollups
    pause: Callable[[float], None]
    chance: Callable[[], float]

    def __call__(self, inputs: Iterable[RollupInput], *, again: bool = False) -> Tally:
        """Count a batch with one input a notification; raises nothing but what is a bug.

        With *again* the same version is counted anew: a repair or a backfill.
        """
        waiting = {row.id: row for row in inputs}
        done: list[Entry] = []
        for wait in range(ROUNDS):
            if wait and waiting:
                self.pause(_FIRST_PAUSE * 2**wait * self.chance())
            if not self._round(waiting, done, again=again):
                break
        return Tally(entries=tuple(done), undone=frozenset(waiting))

    def _round(self, waiting: dict[str, RollupInput], done: list[Entry], *, again: bool) -> bool:
        """Count what is waiting; return whether something still waits."""
        try:
            counted, limits = self.rollups.known({i: each.place for i, each in waiting.items()})
        except LedgerUnavailable:
            return True
        news = entries(waiting.values(), counted, again=again)
        for old in waiting.keys() - {entry.rollup_input.id for entry in news}:
            del waiting[old]
        packed = transactions(news, limits.budgets)
        if packed:
            answers = self.rollups.commit(packed, writer=int(self.chance() * _MANY))
            for transaction, carried_out in zip(packed, answers, strict=True):
                if carried_out:
                    done += transaction.entries
        for entry in done:
            waiting.pop(entry.rollup_input.id, None)
        return bool(waiting)


_FIRST_PAUSE = 0.02
_MANY = 1 << 16  # more than there are writers
