"""Define the decision record: what was decided about an event. Used by the relay and its ledger.

It is stored once, without personal data. A retry, a replay and a producer's repetition of the
event get the same decision, even if preferences, time, cap or code have changed since.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec
from msgspec import Struct

from ordercast.events.notes import Note
from ordercast.events.order_event import Channel, OrderEvent
from ordercast.events.same_address import same_email, same_locale, same_phone
from ordercast.notifications.lifecycle import State

STALE = "stale"

KEPT = timedelta(days=3 * 366)
"""How long a decision and an order's latest status are kept after their event was accepted: for so long
a repetition gets the same decision. An end, because they are the only rows that would pile up."""


class Verdict(Struct, frozen=True, kw_only=True):
    """The decision on one channel: requested, deferred *until* a time, or suppressed by a *rule*.

    *instead_of* is the channel in whose place it is a fallback.
    """

    state: State
    rule: str | None = None
    until: datetime | None = None
    instead_of: Channel | None = None


Verdicts = Mapping[Channel, Verdict]
"""One verdict for each channel that was considered."""


class Decision(Struct, frozen=True, kw_only=True):
    """The decision about one event; after *expires_at* its rows are gone and nothing is sent.

    *notes* say what was left out of the event, or read otherwise.
    """

    order: str
    event: str
    verdicts: Verdicts
    fingerprint: str
    position: str
    accepted_at: datetime
    expires_at: datetime
    notes: tuple[Note, ...] = ()

    @property
    def kept_until(self) -> datetime:
        """When the decision may be forgotten: never before its rows."""
        return max(self.accepted_at + KEPT, self.expires_at)

    @property
    def is_stale(self) -> bool:
        """Whether a newer status was accepted on every channel, so that no notification is stored."""
        return bool(self.verdicts) and all(v.rule == STALE for v in self.verdicts.values())


def fingerprint(event: OrderEvent) -> str:
    """Return a hash that is equal for events that say the same, however each was written.

    It is of what the contract reads: not of unknown fields, of spellings, or of what this stage
    takes a status to mean, so that a changed setting is no contradiction.
    """
    amount, contact = event.amount, event.contact
    said = (
        *(event.order_id, event.shop, event.event_id, event.customer_id, event.campaign),
        *(event.written_status, event.written_link, event.occurred_at),
        amount and (str(amount.value.normalize()), amount.currency),
        [(each.name, each.quantity, each.sku) for each in event.items],
        *(_same(same_email, contact.email), _same(same_phone, contact.phone), contact.country),
        *(
            _same(same_locale, contact.locale),
            contact.time_zone,
            event.channels,
            event.priority_wish,
        ),
        # What an event may say since others were decided: without it, they are the same as then.
        *([event.fallback_wish] if event.fallback_wish is not None else []),
    )
    return blake2b(msgspec.json.encode(said), digest_size=16).hexdigest()


def _same(form: Callable[[str], str], written: str | None) -> str | None:
    return form(written) or None if written else None
