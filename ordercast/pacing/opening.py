"""Hold the channels of a stage until somebody has opened them. Used by ledgers and by operators' commands.

A channel is opened once its account has been found ready, or by an operator's word. Nobody writes
its hold: it is there because the record that it was opened is not.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.pacing.holds import Hold, Holds, Scope, Why, in_order

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when a channel is held that was never opened: the same for every reader."""


class Opened(Struct, frozen=True, kw_only=True):
    """A channel was opened: by whom, `at` when, and for what reason in words."""

    channel: Channel
    by: str
    at: datetime
    reason: str


class HoldRecord(Struct, frozen=True, kw_only=True):
    """What the ledger keeps of holds in one item: those that were written, and who opened which channel."""

    written: Holds = ()
    opened: tuple[Opened, ...] = ()

    @property
    def holds(self) -> Holds:
        """All holds of the stage: of each channel that was never opened, too."""
        there = {each.channel for each in self.opened}
        closed = (unopened(each) for each in Channel if each not in there)
        return in_order([*self.written, *closed])


def unopened(channel: Channel) -> Hold:
    """Return the hold of a channel that was never opened."""
    scope = Scope(channel=channel)
    return Hold(why=Why.UNOPENED, scope=scope, by="the first deployment", since=BEFORE_ALL)


def with_opened(record: HoldRecord, new: Sequence[Opened]) -> HoldRecord:
    """Return *record* with the channels of *new* opened; who opened one first has opened it.

    What waits behind their holds is released as behind any hold that was let go.
    """
    there = {each.channel for each in record.opened}
    first = [each for each in new if each.channel not in there]
    released = (replace(unopened(each.channel), released_at=each.at) for each in first)
    written = in_order([*record.written, *released])
    return replace(record, written=written, opened=(*record.opened, *first))


def opened(channels: Iterable[Channel], *, by: str, at: datetime, reason: str) -> list[Opened]:
    """Return that each of *channels* is opened."""
    return [Opened(channel=each, by=by, at=at, reason=reason) for each in channels]
