"""Read and write people in the customers table. The workflows' `People` and `Suppressions`."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from ordercast.errors import LedgerUnavailable
from ordercast.gateways.dynamodb import partiql
from ordercast.gateways.dynamodb.codec import number
from ordercast.gateways.dynamodb.partiql import Update
from ordercast.gateways.dynamodb.table import ROUNDS, Statement, Table, insist
from ordercast.gateways.people import items as people_item
from ordercast.gateways.people.items import PROMOTIONS, REFUSALS
from ordercast.people.person import Person


class DynamoPeople(Struct, frozen=True, kw_only=True):
    """Customers and addresses, in DynamoDB."""

    table: Table

    def get(self, keys: AbstractSet[str]) -> dict[str, Person]:
        """Return the people that are stored."""
        items = self.table.get([people_item.key(each) for each in sorted(keys)])
        return {person.key: person for person in map(people_item.read, items)}

    def put(self, people: Sequence[Person]) -> None:
        """Write each record whole, replacing the stored one; otherwise like `change`.

        Of several records of one person the last one counts.
        """
        wanted = {person.key: person for person in people}
        self.change(wanted, lambda seen: wanted[seen.key])

    def change(self, keys: Iterable[str], becoming: Callable[[Person], Person]) -> None:
        """Write what *becoming* makes of each record; reservations stay as they are.

        A record whose refusals, of promotional messages too, are no longer those that were seen is
        read, and made, anew: what was refused meanwhile is never written over. Raises
        `LedgerUnavailable`.
        """
        waiting = frozenset(keys)
        for _ in range(ROUNDS):
            seen = self.get(waiting)
            changes = [(seen.get(k), becoming(seen.get(k, Person(key=k)))) for k in sorted(waiting)]
            lost = self._refused(
                [after for _, after in changes],
                [self._write(before, after) for before, after in changes],
            )
            waiting = frozenset(person.key for person in lost)
            if not waiting:
                return
        raise LedgerUnavailable("a customer's record changes faster than it can be written")

    def reserve(self, people: Sequence[Person]) -> set[str]:
        """Write each person's reservations if their version is the next one; return the keys written."""
        return self._written(people, _is_stranger, self._reserve)

    def suppress(self, people: Sequence[Person]) -> set[str]:
        """Write each person's suppressions if their version is the next one; return the keys written."""
        return self._written(people, lambda person: not _is_known(person), self._remember)

    def _written(
        self,
        people: Sequence[Person],
        is_new: Callable[[Person], bool],
        update: Callable[[Person], Statement],
    ) -> set[str]:
        """Insert those who are new and update the others; return the keys written."""
        first = [self._insert(person) if is_new(person) else update(person) for person in people]
        refused = self._refused(people, first)
        # Read as unknown, yet stored by now, possibly by the other of the two methods.
        stored = [person for person in refused if is_new(person)]
        lost = self._refused(stored, [update(person) for person in stored])
        lost += [person for person in refused if not is_new(person)]
        return {person.key for person in people} - {person.key for person in lost}

    def _refused(self, people: Sequence[Person], statements: Sequence[Statement]) -> list[Person]:
        answers = self.table.execute(statements)
        insist(answers)
        return [p for p, answer in zip(people, answers, strict=True) if answer.refused]

    def _reserve(self, person: Person) -> Statement:
        """Update the reservations; the expiry may stay only if nothing else is stored.

        A refusal written since then makes the condition fail, and the person is read again.
        """
        on_record = people_item.is_on_record(person)
        return partiql.update(
            self.table.name,
            people_item.key(person.key),
            Update(
                set_=people_item.reservations(person),
                removed=people_item.EXPIRY if on_record else (),
            ),
            where={"reservations_version": [number(person.reservations_version - 1)]},
            missing=() if on_record else people_item.ON_RECORD,
        )

    def _remember(self, person: Person) -> Statement:
        memory = people_item.evidence(person)
        first = person.suppressions_version == 1
        return partiql.update(
            self.table.name,
            people_item.key(person.key),
            Update(
                set_=memory,
                removed=[
                    *(n for n in people_item.EVIDENCE if n not in memory),
                    *people_item.EXPIRY,
                ],
            ),
            where={}
            if first
            else {"suppressions_version": [number(person.suppressions_version - 1)]},
            missing=("suppressions_version",) if first else (),
        )

    def _insert(self, person: Person) -> Statement:
        item = {
            **people_item.key(person.key),
            **people_item.record(person),
            **people_item.reservations(person),
            **people_item.evidence(person),
        }
        return partiql.insert(self.table.name, item)

    def _write(self, before: Person | None, after: Person) -> Statement:
        facts = {**people_item.record(after), **people_item.forgetting(after)}
        if before is None:
            nothing_else = people_item.reservations(Person(key=after.key))
            item = people_item.key(after.key) | facts | nothing_else | people_item.expiry(after)
            return partiql.insert(self.table.name, item)
        expiry = people_item.expiry(after)
        answers = {name: people_item.record(before).get(name) for name in (REFUSALS, PROMOTIONS)}
        return partiql.update(
            self.table.name,
            people_item.key(after.key),
            Update(
                set_={**facts, **expiry},
                removed=[
                    *(n for n in people_item.RECORD if n not in facts),
                    *(() if expiry else people_item.EXPIRY),
                ],
            ),
            where={name: [seen] for name, seen in answers.items() if seen},
            missing=(
                *(name for name, seen in answers.items() if not seen),
                # What a provider reported meanwhile must not expire with the rest.
                *(("suppressions_version",) if expiry else ()),
            ),
        )


def _is_known(person: Person) -> bool:
    """Tell whether the person was on record when read."""
    return (
        person.suppressions_version > 1
        or person.reservations_version > 0
        or bool(people_item.record(person))
    )


def _is_stranger(person: Person) -> bool:
    """Tell whether this is the first reservation of a person who was not on record when read."""
    return person.reservations_version == 1 and not people_item.is_on_record(person)
