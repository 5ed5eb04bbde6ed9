"""Somebody and the notifications meant for them in, who of these fits under the cap out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from notifications.person import Person

WINDOW = timedelta(hours=1)


def pay(
    person: Person, notification_ids: Sequence[str], *, limit: int, now: datetime
) -> tuple[Person, frozenset[str]]:
    """Count each notification once against a rolling hour; answer the ids that no longer fit.

    An id that is in the window has paid: a redelivery costs nobody a second slot.
    """
    paid = {each: at for each, at in person.paid.items() if now - at < WINDOW}
    refused = set()
    for each in notification_ids:
        if each in paid:
            continue
        if len(paid) >= limit:
            refused.add(each)
        else:
            paid[each] = now
    return replace(person, paid=paid, turn=person.turn + 1), frozenset(refused)
