"""People in, the customers' table's writes out; what it knows of them comes back by key."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from gateways import partiql, people_item
from gateways.dynamodb import Statement, Table, insist, number
from gateways.partiql import Change, Value
from notifications.person import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoPeople:
    """Customers and addresses, in DynamoDB."""

    table: Table

    def get(self, keys: AbstractSet[str]) -> dict[str, Person]:
        """Return those who are on record."""
        items = self.table.get([people_item.key(each) for each in sorted(keys)])
        return {person.key: person for person in map(people_item.read, items)}

    def put(self, people: Sequence[Person]) -> None:
        """Write each record; what has been paid stays, and so does each refusal it does not name.

        Of several records of one person the last one counts. Raises `LedgerUnavailable`.
        """
        self._write(people, self._update_record)

    def replace(self, people: Sequence[Person]) -> None:
        """Write as `put` does, but refuse nothing any more that the record does not refuse."""
        self._write(people, self._replace_record)

    def pay(self, people: Sequence[Person]) -> set[str]:
        """Write what each has `paid`, where its turn is the next; answer the keys written."""
        answers = self.table.execute([self._pay(person) for person in people])
        insist(answers)
        written = {p.key for p, a in zip(people, answers, strict=True) if not a.refused}
        # Nobody knew of these, and yet they are on record: with nothing in it, and maybe no turn.
        known = [p for p in people if _is_stranger(p) and p.key not in written]
        lost = self._refused(known, [self._pay_again(person) for person in known])
        return written | {p.key for p in known} - {p.key for p in lost}

    def _write(self, people: Sequence[Person], update: Callable[[Person], Statement]) -> None:
        records = list({person.key: person for person in people}.values())
        taken = self._refused(records, [self._insert_record(each) for each in records])
        gone = self._refused(taken, [update(each) for each in taken])
        # Removed between the two: then it is a new one after all.
        insist(self.table.execute([self._insert_record(each) for each in gone]))

    def _refused(self, people: Sequence[Person], statements: Sequence[Statement]) -> list[Person]:
        answers = self.table.execute(statements)
        insist(answers)
        return [p for p, answer in zip(people, answers, strict=True) if answer.refused]

    def _pay(self, person: Person) -> Statement:
        return self._insert(person) if _is_stranger(person) else self._pay_again(person)

    def _pay_again(self, person: Person) -> Statement:
        return partiql.update(
            self.table.name,
            people_item.key(person.key),
            Change(set_=people_item.window(person)),
            where={"turn": [number(person.turn - 1)]},
        )

    def _insert(self, person: Person) -> Statement:
        item = {
            **people_item.key(person.key),
            **people_item.facts(person),
            **people_item.refusals(person),
            **people_item.window(person),
        }
        return partiql.insert(self.table.name, item)

    def _insert_record(self, person: Person) -> Statement:
        return self._insert(replace(person, paid={}, turn=0))

    def _update_record(self, person: Person) -> Statement:
        why = people_item.refusals(person)["refusals"]["M"]
        # One by one: another, learnt from a receipt this very moment, must not be lost.
        entries = {("refusals", channel): reason for channel, reason in why.items()}
        return self._update(person, people_item.facts(person), entries)

    def _replace_record(self, person: Person) -> Statement:
        return self._update(person, people_item.facts(person) | people_item.refusals(person), {})

    def _update(
        self, person: Person, set_: Mapping[str, Value], entries: Mapping[tuple[str, str], Value]
    ) -> Statement:
        removed = [name for name in people_item.FACTS if name not in set_]
        return partiql.update(
            self.table.name,
            people_item.key(person.key),
            Change(set_=set_, entries=entries, removed=removed),
            where={},
        )


def _is_stranger(person: Person) -> bool:
    """Tell who pays for the first time and was not on record, as far as the reader knew."""
    return person.turn == 1 and not people_item.facts(person) and not person.refusals
