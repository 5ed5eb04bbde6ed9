"""Somebody and the notifications meant for them, and for when, in; who of these fits under the cap out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ordercast.people.person import Person

WINDOW = timedelta(hours=1)


def reserve(
    person: Person, due: Mapping[str, datetime], *, limit: int, now: datetime
) -> tuple[Person, frozenset[str]]:
    """Take a slot for each notification at the instant it is due; answer the ids that do not fit.

    What is less than an hour away counts, before that instant and after it, so that no hour holds
    more than *limit*, be it of messages that all waited for the same morning. A slot lapses an hour
    after its instant.

    An id that has a slot there has paid: a redelivery costs nobody a second one. Where a
    redelivery decides for another hour, it pays for that as well: we cannot know which decision
    stands, and too strict is better than too loose.
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
