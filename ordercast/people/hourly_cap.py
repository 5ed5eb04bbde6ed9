"""Reserve slots under the hourly cap of a recipient, a rate limit. Used by the order relay."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from ordercast.people.person import Person

WINDOW = timedelta(hours=1)


def reserve(
    person: Person, due: Mapping[str, datetime], *, limit: int, now: datetime
) -> tuple[Person, frozenset[str]]:
    """Reserve a slot for each notification when it is due; return the ids over the limit too.

    Slots less than an hour before or after count, so that no hour holds more than *limit*, also
    of messages that were deferred to the same morning. A slot lapses an hour after its instant.

    A redelivered id keeps its slot and takes no second one. If the redelivery is due in another
    hour it reserves there as well: which decision was stored is not known here, and too strict is
    better than too loose.
    """
    reservations = {slot: at for slot, at in person.reservations.items() if now - at < WINDOW}
    refused = set()
    for each, at in due.items():
        slot = each
        while slot in reservations and not _is_near(at, reservations[slot]):
            slot += "'"
        if slot in reservations:
            continue
        if sum(_is_near(at, other) for other in reservations.values()) >= limit:
            refused.add(each)
        else:
            reservations[slot] = at
    return replace(
        person, reservations=reservations, reservations_version=person.reservations_version + 1
    ), frozenset(refused)


def _is_near(one: datetime, other: datetime) -> bool:
    return abs(one - other) < WINDOW
