"""A notification about to be sent and what is known by now in, what forbids it after all out.

Consent is read again whenever a message is claimed or released: what was allowed when it was
accepted may have been withdrawn since, and news may have become old.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from ordercast.decisions.decision import STALE
from ordercast.decisions.lookup import LatestStatusKey, LookupResult, Pauses
from ordercast.decisions.routing import CONSENT_BY_EVENT, NO_CONSENT, NO_CONTACT
from ordercast.events.identity import customer_key, order_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import is_stale
from ordercast.people.person_keys import people_for

EXPIRED = "expired"

# After how long a message that an operator holds back is looked at again.
WHILE_PAUSED = timedelta(minutes=5)


def latest_status_key_of(row: Notification) -> LatestStatusKey:
    """Return the key of the head that *row* must not be older than."""
    return order_of(row.id), row.channel


def block_reason(
    row: Notification, found: LookupResult, *, send_within: timedelta, now: datetime
) -> str | None:
    """Name the first rule by which *row* is no longer to be sent."""
    known = [found.people[key] for key in sorted(people_for(row)) if key in found.people]
    refusals = [person.refusal(row.channel, row.recipient) for person in known]
    if any(refusals):
        return next(each for each in refusals if each)
    if row.consent != CONSENT_BY_EVENT and not _consents(row, found):
        return NO_CONSENT
    if row.recipient is None:
        return NO_CONTACT
    if is_stale(row.status, row.occurred_at, found.latest_statuses.get(latest_status_key_of(row))):
        return STALE
    return EXPIRED if now - row.accepted_at > send_within else None


def suppressed(row: Notification, rule: str, *, at: datetime) -> Notification:
    """Return *row* as one that is not sent after all.

    What was sent before, and may have arrived, is as much in doubt as it was.
    """
    if row.resends:
        return replace(row, state=State.IN_DOUBT, rule=rule)
    return replace(row, state=State.SUPPRESSED, rule=rule, due_at=None, closed_at=at)


def unsendable(row: Notification, error: Exception, *, at: datetime) -> Notification:
    """Return *row* as one that a bug of ours keeps from being sent: it waits for an operator.

    No call is made and none counted. What was sent before, and may have arrived, is as much in
    doubt as it was.
    """
    # Only the type: the text of a surprise may quote what the message says.
    rule = f"bug:{type(error).__name__}"
    if row.resends:
        return replace(row, state=State.IN_DOUBT, rule=rule)
    return replace(row, state=State.PARKED, rule=rule, due_at=None, closed_at=at)


def is_paused(row: Notification, pauses: Pauses, *, country: str | None) -> bool:
    """Tell whether an operator holds this message back."""
    named = {
        "channel": row.channel,
        "country": country,
        "campaign": row.campaign,
        "shop": row.order.shop,
    }
    return any(name and f"{kind}:{name}" in pauses.paused for kind, name in named.items())


def _consents(row: Notification, found: LookupResult) -> bool:
    if row.customer_id is None:
        return False
    key = customer_key(shop=row.order.shop, customer_id=row.customer_id)
    return key in found.people and row.channel in found.people[key].consents
