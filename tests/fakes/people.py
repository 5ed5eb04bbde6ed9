"""Customers and addresses in memory, which the ledger reads."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.notifications.places import place_of
from ordercast.people.person import Person
from ordercast.rollups.listed import ReadUnits


class TwoPaymentsOfOnePerson(Exception):
    """DynamoDB refuses the whole bulk call when two statements name one key."""


@dataclass(slots=True)
class FakePeople:
    """People by key; `pay` raises while `unavailable`, after writing while `unheard`.

    Whoever `troubled` says yes to is not written, among others who are.
    """

    kept: dict[str, Person] = field(default_factory=dict)
    unavailable: bool = False
    unheard: bool = False
    troubled: Callable[[str], bool] = lambda _: False
    calls: list[int] = field(default_factory=list)

    def reserve(self, people: Sequence[Person]) -> set[str]:
        if not people:
            return set()
        self.calls.append(len(people))
        if self.unavailable:
            raise LedgerUnavailable("reserve")
        if len({person.key for person in people}) < len(people):
            raise TwoPaymentsOfOnePerson
        through = [person for person in people if not self.troubled(person.key)]
        written = {person.key for person in through if self._reserve(person)}
        if self.unheard or len(through) < len(people):
            raise LedgerUnavailable("reserve")
        return written

    def get(self, keys: AbstractSet[str]) -> dict[str, Person]:
        return {key: self.kept[key] for key in sorted(keys) if key in self.kept}

    def change(self, keys: Iterable[str], becoming: Callable[[Person], Person]) -> None:
        for key in keys:
            self.put(becoming(self.kept.get(key, Person(key=key))))

    def suppress(self, people: Sequence[Person]) -> set[str]:
        if not people:
            return set()
        self.calls.append(len(people))
        if self.unavailable:
            raise LedgerUnavailable("suppress")
        if len({person.key for person in people}) < len(people):
            raise TwoPaymentsOfOnePerson
        through = [person for person in people if not self.troubled(person.key)]
        written = {person.key for person in through if self._suppress(person)}
        if self.unheard or len(through) < len(people):
            raise LedgerUnavailable("suppress")
        return written

    def put(self, *people: Person) -> None:
        """Put people on record, as importing them does: what was learnt of them stays."""
        for person in people:
            known = self.kept.get(person.key, person)
            self.kept[person.key] = replace(
                person,
                suppressions=person.suppressions or known.suppressions,
                soft_bounces=person.soft_bounces or known.soft_bounces,
                unsuppressions=person.unsuppressions or known.unsuppressions,
                suppressions_version=person.suppressions_version or known.suppressions_version,
            )

    def _suppress(self, person: Person) -> bool:
        known = self.kept.get(person.key, Person(key=person.key))
        if known.suppressions_version != person.suppressions_version - 1:
            return False
        self.kept[person.key] = replace(
            known,
            suppressions=person.suppressions,
            soft_bounces=person.soft_bounces,
            unsuppressions=person.unsuppressions,
            suppressions_version=person.suppressions_version,
        )
        return True

    def _reserve(self, person: Person) -> bool:
        known = self.kept.get(person.key, Person(key=person.key))
        if known.reservations_version != person.reservations_version - 1:
            return False
        self.kept[person.key] = replace(
            known,
            reservations=person.reservations,
            reservations_version=person.reservations_version,
        )
        return True


@dataclass(slots=True)
class FakeSuppressionList:
    """The records of suppressed addresses of `people`, as a list; a record read is a unit."""

    people: FakePeople

    def suppressed(self, *, before: str, units: ReadUnits) -> Iterator[Person]:
        places = {
            place_of(why.at, person.key): person
            for person in self.people.kept.values()
            if (why := person.suppressions.get(person.key))
        }
        for place in sorted(places, reverse=True):
            if place < before:
                units.take(1)
                yield places[place]
