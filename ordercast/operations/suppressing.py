"""Suppress addresses by an operator's word, and end suppressions. Used by `ordercast suppressions`.

A suppression that is added is on the record of its address, which relay and senders read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from ordercast.events.order_event import Channel
from ordercast.people.person import BY_HAND, Person, Suppression
from ordercast.receipts.provider_events import SuppressionReason
from ordercast.receipts.suppressions import Evidence, suppress, unsuppress
from ordercast.usage_error import UsageError
from ordercast.workflows.ports import Suppressions

REASONS: Mapping[Channel, tuple[SuppressionReason, ...]] = {
    Channel.SMS: (
        SuppressionReason.OPTED_OUT,
        SuppressionReason.BLOCKED,
        SuppressionReason.UNSUBSCRIBED,
    ),
    Channel.EMAIL: (
        SuppressionReason.OPTED_OUT,
        SuppressionReason.BOUNCED,
        SuppressionReason.COMPLAINED,
        SuppressionReason.UNSUBSCRIBED,
        SuppressionReason.SUPPRESSION_LIST,
    ),
}
"""What an operator may say of an address of each channel; soft bounces are counted, not said."""

ROUNDS = 5  # attempts to write a record that others change

AT_ONCE = 100
"""Records that are read and written together."""


class SuppressionRecords(Suppressions, Protocol):
    """Records with their suppressions. Raises `LedgerUnavailable`."""

    def get(self, keys: AbstractSet[str]) -> dict[str, Person]:
        """Return the people that are stored."""
        ...


class NewSuppression(Struct, frozen=True, kw_only=True):
    """What an operator says of an address (by its hash): since when, why, and who asked for it (`by`)."""

    address: str
    channel: Channel
    reason: SuppressionReason
    at: datetime
    by: str
    kind: str = BY_HAND

    @property
    def evidence(self) -> Evidence:
        """The same, as evidence."""
        said = Suppression(
            channel=self.channel,
            reason=self.reason,
            kind=self.kind,
            message_id="",
            at=self.at,
            by=self.by,
        )
        return Evidence(self.address, said)


class Suppressed(Struct, kw_only=True):
    """How many addresses are suppressed anew, were so before, or stay open: that suppression was ended later."""

    new: int = 0
    known: int = 0
    ended: int = 0


def suppressing(
    people: SuppressionRecords,
    wanted: Iterable[NewSuppression],
    *,
    soft_bounces: int,
    really: bool = True,
    progress: Callable[[int], None] = lambda _: None,
) -> Suppressed:
    """Suppress each address, unless it is by now; the earliest evidence is kept. Unless *really*, only count.

    May be interrupted and repeated. Raises `UsageError` if a record keeps changing, `LedgerUnavailable`.
    """
    by_address: dict[str, list[NewSuppression]] = {}
    for each in wanted:
        by_address.setdefault(each.address, []).append(each)
    counted = Suppressed()
    keys = list(by_address)
    for start in range(0, len(keys), AT_ONCE):
        batch = {key: by_address[key] for key in keys[start : start + AT_ONCE]}
        _suppress_batch(people, batch, counted, soft_bounces=soft_bounces, really=really)
        progress(len(batch))
    return counted


def _suppress_batch(
    people: SuppressionRecords,
    batch: Mapping[str, Sequence[NewSuppression]],
    counted: Suppressed,
    *,
    soft_bounces: int,
    really: bool,
) -> None:
    def after(before: Person) -> Person:
        evidence = [each.evidence for each in batch[before.key]]
        return suppress(before, evidence, soft_bounces=soft_bounces)

    first = people.get(batch.keys())
    for key in batch:
        before = first.get(key, Person(key=key))
        if key in before.suppressions:
            counted.known += 1
        elif key in after(before).suppressions:
            counted.new += 1
        else:
            counted.ended += 1
    if really:
        changing(people, batch.keys(), after)


def unsuppressing(
    people: SuppressionRecords,
    keys: Iterable[str],
    addresses: AbstractSet[str],
    *,
    by: str,
    at: datetime,
) -> list[Suppression]:
    """End the suppressions of the addresses in these records; return them, one for each address.

    May be repeated after an interruption. Raises `UsageError` if a record keeps changing.
    """
    ended: dict[str, Suppression] = {}

    def after(before: Person) -> Person:
        person = before
        for address in sorted(addresses & before.suppressions.keys()):
            ended[address] = before.suppressions[address]
            person = unsuppress(person, address, by=by, at=at)
        return person

    changing(people, keys, after)
    return sorted(ended.values(), key=lambda each: (each.channel, each.at))


def changing(
    people: SuppressionRecords, keys: Iterable[str], after: Callable[[Person], Person]
) -> None:
    """Write what *after* makes of each record's suppressions, again until nobody else changes it."""
    waiting = frozenset(keys)
    for _ in range(ROUNDS):
        known = people.get(waiting)
        seen = [known.get(key, Person(key=key)) for key in sorted(waiting)]
        news = [new for before in seen if (new := after(before)) is not before]
        waiting = frozenset(person.key for person in news) - people.suppress(news)
        if not waiting:
            return
    raise UsageError("the record changes faster than it can be written", hint="try again")
