"""Reserve a slot of the hourly cap for each notification. Used by `record_decisions`."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from ordercast.decisions.lookup import LookupKeys
from ordercast.errors import LedgerUnavailable
from ordercast.people.hourly_cap import reserve
from ordercast.people.person import Person
from ordercast.workflows.ports import DecisionsAndRows, People

ROUNDS = 5  # of losing the race for a person's slots; after these the batch is redelivered


class ReserveCaps(Struct, frozen=True, kw_only=True):
    """Reserve a slot of the hour in which each notification is due, before it is decided.

    The trap is two batches that both see the last free slot: the write is conditional, and the
    loser reads again. A reserved slot that is not used lapses with the hour: the cap may be too
    strict, never too loose.
    """

    ledger: DecisionsAndRows
    people: People
    limit: int

    def __call__(
        self,
        requests: Mapping[str, Mapping[str, datetime]],
        people: Mapping[str, Person],
        *,
        now: datetime,
    ) -> frozenset[str]:
        """Reserve for notification ids by person, each with when it is due; answer the ids over the cap.

        Raises `LedgerUnavailable`.
        """
        refused: set[str] = set()
        waiting = {key: people.get(key, Person(key=key)) for key in requests}
        for _ in range(ROUNDS):
            reservations = {
                k: reserve(p, requests[k], limit=self.limit, now=now) for k, p in waiting.items()
            }
            lost = self._write(waiting, [after for after, _ in reservations.values()])
            refused |= {i for k, (_, ids) in reservations.items() if k not in lost for i in ids}
            if not lost:
                return frozenset(refused)
            found = self.ledger.look_up(LookupKeys(people=frozenset(lost))).people
            waiting = {key: found.get(key, Person(key=key)) for key in lost}
        message = "the cap of one customer changes faster than it can be reserved"
        raise LedgerUnavailable(message)

    def _write(self, before: Mapping[str, Person], after: Iterable[Person]) -> set[str]:
        """Write the new reservations; return the keys of which another batch was faster."""
        # A person without a new reservation is not written: a redelivery costs no write.
        new = [each for each in after if each.reservations != before[each.key].reservations]
        return {person.key for person in new} - self.people.reserve(new)
