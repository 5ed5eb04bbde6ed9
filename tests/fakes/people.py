"""Customers and addresses in memory; who reads them, reads them through the ledger."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ordercast.errors import LedgerUnavailable
from ordercast.people.person import Person


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

    def pay(self, people: Sequence[Person]) -> set[str]:
        if not people:
            return set()
        self.calls.append(len(people))
        if self.unavailable:
            raise LedgerUnavailable("pay")
        if len({person.key for person in people}) < len(people):
            raise TwoPaymentsOfOnePerson
        through = [person for person in people if not self.troubled(person.key)]
        written = {person.key for person in through if self._pay(person)}
        if self.unheard or len(through) < len(people):
            raise LedgerUnavailable("pay")
        return written

    def learn(self, people: Sequence[Person]) -> set[str]:
        if not people:
            return set()
        self.calls.append(len(people))
        if self.unavailable:
            raise LedgerUnavailable("learn")
        if len({person.key for person in people}) < len(people):
            raise TwoPaymentsOfOnePerson
        through = [person for person in people if not self.troubled(person.key)]
        written = {person.key for person in through if self._learn(person)}
        if self.unheard or len(through) < len(people):
            raise LedgerUnavailable("learn")
        return written

    def put(self, *people: Person) -> None:
        """Put people on record, as importing them does: what was learnt of them stays."""
        for person in people:
            known = self.kept.get(person.key, person)
            self.kept[person.key] = replace(
                person,
                learnt=person.learnt or known.learnt,
                soft_bounces=person.soft_bounces or known.soft_bounces,
                lifted=person.lifted or known.lifted,
                lessons=person.lessons or known.lessons,
            )

    def _learn(self, person: Person) -> bool:
        known = self.kept.get(person.key, Person(key=person.key))
        if known.lessons != person.lessons - 1:
            return False
        self.kept[person.key] = replace(
            known,
            learnt=person.learnt,
            soft_bounces=person.soft_bounces,
            lifted=person.lifted,
            lessons=person.lessons,
        )
        return True

    def _pay(self, person: Person) -> bool:
        known = self.kept.get(person.key, Person(key=person.key))
        if known.turn != person.turn - 1:
            return False
        self.kept[person.key] = replace(known, paid=person.paid, turn=person.turn)
        return True
