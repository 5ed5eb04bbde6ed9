"""People in, the customers' table's writes out; what it knows of them comes back by key."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from gateways import partiql, people_item
from gateways.dynamodb import Statement, Table, insist, number
from gateways.partiql import Change
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
        """Write each record whole; what has been paid, and its turn, stay as they are.

        Of several records of one person the last one counts. Raises `LedgerUnavailable`.
        """
        records = list({person.key: person for person in people}.values())
        taken = self._refused(records, [self._insert_record(each) for each in records])
        gone = self._refused(taken, [self._replace_record(each) for each in taken])
        # Removed between the two: then it is a new one after all.
        insist(self.table.execute([self._insert_record(each) for each in gone]))

    def pay(self, people: Sequence[Person]) -> set[str]:
        """Write what each has `paid`, where its turn is the next; answer the keys written."""
        answers = self.table.execute([self._pay(person) for person in people])
        insist(answers)
        written = {p.key for p, a in zip(people, answers, strict=True) if not a.refused}
        # Nobody knew anything of these, and yet they are on record: maybe nothing but a turn of 0.
        known = [p for p in people if _is_stranger(p) and p.key not in written]
        lost = self._refused(known, [self._pay_again(person) for person in known])
        return written | {p.key for p in known} - {p.key for p in lost}

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
            **people_item.window(person),
        }
        return partiql.insert(self.table.name, item)

    def _insert_record(self, person: Person) -> Statement:
        return self._insert(replace(person, paid={}, turn=0))

    def _replace_record(self, person: Person) -> Statement:
        facts = people_item.facts(person)
        return partiql.update(
            self.table.name,
            people_item.key(person.key),
            Change(set_=facts, removed=[n for n in people_item.FACTS if n not in facts]),
            where={},
        )


def _is_stranger(person: Person) -> bool:
    """Tell who pays for the first time and was not on record, as far as the reader knew."""
    return person.turn == 1 and not people_item.facts(person)
