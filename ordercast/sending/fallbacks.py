"""Decide when a notification's fallback is due, and draft it. Used by the sweeper."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from ordercast.decisions.audience import CONSENT_ON_RECORD
from ordercast.decisions.lookup import LookupResult
from ordercast.decisions.usable_addresses import NOT_ALLOWED, is_allowed
from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.fallback import (
    OTHER,
    Fallback,
    awaits_fallback,
    ends_unheard,
    needs_word,
)
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.tries import last_sent_at
from ordercast.people.email_addresses import mailbox
from ordercast.people.person import Person
from ordercast.people.phone_numbers import country_of
from ordercast.people.time_zones import zones_of_number
from ordercast.sending.send_rules import NOT_REPLACED, suppressed

# A provider took it, or may have, and nobody has said what became of it.
_UNKNOWN = frozenset({State.SENT, State.UNCONFIRMED, State.IN_DOUBT})


def fallback_at(
    row: Notification, *, grace: timedelta, unknown_after: timedelta | None
) -> datetime | None:
    """Return when *row*'s fallback is to be entered, as things stand; None if it is not.

    That is *grace* after it ended unheard, and *unknown_after* an urgent text was sent without a word
    of it since; None is never.
    """
    since = _unheard_since(row)
    if since is None:
        return None
    if row.state in _UNKNOWN:
        return since + unknown_after if unknown_after else None
    return since + grace


def drafted(
    row: Notification,
    fallback: Fallback,
    found: LookupResult,
    *,
    allowed: tuple[str, ...],
    now: datetime,
) -> Notification:
    """Return the *fallback* of *row*: due at once, or suppressed because nothing goes to its address.

    It is as old as the end of what it takes the place of.
    """
    customer = _customer(row, found)
    channel = OTHER[row.channel]
    to = fallback.to or _on_record(customer, channel)
    draft = Notification(
        id=fallback.id,
        order=row.order,
        status=row.status,
        channel=channel,
        priority=row.priority,
        template=row.template,
        locale=row.locale,
        recipient=to,
        country=country_of(to) if to and channel is Channel.SMS else row.country,
        time_zones=_time_zones(row, customer),
        customer_id=row.customer_id,
        campaign=row.campaign,
        consent=fallback.consent or CONSENT_ON_RECORD,
        state=State.DEFERRED,
        rule=None,
        occurred_at=row.occurred_at,
        effective_at=now,
        ages_from=_unheard_since(row),
        expires_at=row.expires_at,
        due_at=now,
        fallback_for=row.id,
    )
    rule = fallback.rule
    if rule is None and to and not is_allowed(to, allowed):
        rule = NOT_ALLOWED
    return suppressed(draft, rule, at=now) if rule else draft


def marked(row: Notification, fallback: Fallback, *, now: datetime) -> Notification:
    """Return *row* with its fallback entered."""
    return replace(row, fallback=replace(fallback, entered_at=now))


def _unheard_since(row: Notification) -> datetime | None:
    """Return when *row* ended, or the last that is known of it; None if it needs no fallback."""
    if not awaits_fallback(row):
        return None
    if row.state in _UNKNOWN:
        since = row.in_doubt_since if row.state is State.IN_DOUBT else last_sent_at(row)
        return since if needs_word(row) else None
    refused = row.state is State.SUPPRESSED and row.rule not in NOT_REPLACED
    return row.closed_at if refused or ends_unheard(row, row.state) else None


def _customer(row: Notification, found: LookupResult) -> Person | None:
    if row.customer_id is None:
        return None
    return found.people.get(customer_key(shop=row.order.shop, customer_id=row.customer_id))


def _on_record(customer: Person | None, channel: Channel) -> str | None:
    if customer is None or not customer.email or CHANNELS[channel].contact != "email":
        return None
    return mailbox(customer.email)


def _time_zones(row: Notification, customer: Person | None) -> tuple[str, ...]:
    """Return where the reader is: a text's number tells it, and an e-mail has none."""
    if row.time_zones or row.priority is Priority.HIGH or row.channel is not Channel.SMS:
        return row.time_zones
    if row.recipient is None or (customer and customer.phone):
        return ()
    return zones_of_number(row.recipient, row.country or "", stated=row.country is not None)
