"""The rules that forbid or hold back a send. Used by the senders and the sweeper.

Who asks which rule, and when:

| rule | relay, when it decides | sender, before each claim | sweeper, on release of a deferral | redriving |
|---|---|---|---|---|
| suppressions, consent, contact | `decisions.routing` | `block_reason` | `block_reason` | by the sender |
| allowed recipients (`allowed_recipients`) | `decisions.routing` | - | - | - |
| stale status (`status_rank.is_stale`) | `decisions.routing` | `block_reason` | `block_reason` | by the sender |
| quiet hours | `decisions.routing`, defers | - | - | - |
| hourly cap | `workflows.reserve_caps` | - | - | - |
| age (`send_within` of the template) | - | `block_reason` | `block_reason` | by the sender |
| pauses | - | `is_paused`, holds back | - | by the sender |

Consent is read again before each claim and release, because it may have been withdrawn since the
decision. What the relay decides once (recipient, quiet hours, cap) is not asked again.
"""

from collections.abc import Callable
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

SendWithin = Callable[[Notification], timedelta]
"""Return how long after its acceptance a notification may still be sent."""

# After how long a paused message is redelivered.
WHILE_PAUSED = timedelta(minutes=5)


def latest_status_key_of(row: Notification) -> LatestStatusKey:
    """Return the key of the latest status that *row* must not be older than."""
    return order_of(row.id), row.channel


def block_reason(
    row: Notification, found: LookupResult, *, send_within: timedelta, now: datetime
) -> str | None:
    """Return the first rule that forbids sending *row* now; None if there is none."""
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
    """Return *row* suppressed by *rule*; a resent one, which may have arrived, stays in doubt."""
    if row.resends:
        return replace(row, state=State.IN_DOUBT, rule=rule)
    return replace(row, state=State.SUPPRESSED, rule=rule, due_at=None, closed_at=at)


def unsendable(row: Notification, error: Exception, *, at: datetime) -> Notification:
    """Return *row* parked, because it fails to be checked or rendered; a resent one stays in doubt.

    No provider call is made or counted.
    """
    # Only the type: an exception's text may quote personal data.
    rule = f"bug:{type(error).__name__}"
    if row.resends:
        return replace(row, state=State.IN_DOUBT, rule=rule)
    return replace(row, state=State.PARKED, rule=rule, due_at=None, closed_at=at)


def is_paused(row: Notification, pauses: Pauses, *, country: str | None) -> bool:
    """Return whether an operator has paused this message's channel, country, campaign or shop."""
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
