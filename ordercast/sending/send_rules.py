"""The rules that forbid or hold back a send. Used by the relay, the senders and the sweeper.

Who asks which rule, and when:

| rule | relay, when it decides | sender, before each claim | sweeper, on release of a deferral | redriving |
|---|---|---|---|---|
| suppressions, consent, contact | `decide` | `block_reason` | `block_reason` | by the sender |
| allowed recipients, kind of number | `decide` | - | - | - |
| country open for texts | `decide` | by its price (`prices.Pricing`) | by the sender | by the sender |
| stale status (`status_rank.is_stale`) | `decide` | `block_reason` | `block_reason` | by the sender |
| quiet hours | `decide`, defers | `quiet_until_for`, defers | `quiet_until_for`, defers | by the sender |
| hourly cap (`hourly_cap.reserve`) | `capped`, after `decide` | - | - | - |
| age (`send_within` of the template) | - | `block_reason` | `block_reason` | by the sender |
| holds (`pacing/holds.py`) | `hold_of`, trouble with the account alone | `hold_of`, holds back; those for money once it is priced | `hold_of`, none for money | by the sender |

Consent is read again before each claim and release, because it may have been withdrawn since the
decision; quiet hours, because they may have begun while it waited for its turn. What the relay
decides once (recipient, cap) is not asked again.
"""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from ordercast.decisions.audience import (
    CONSENT_BY_EVENT,
    Audience,
    Policy,
    as_written,
    channels_of,
    consent_for,
    priority_of,
    recipient_of,
    stated_time_zones,
)
from ordercast.decisions.decision import STALE, Verdict, Verdicts
from ordercast.decisions.fallback import may_be_replaced
from ordercast.decisions.lookup import LatestStatusKey, LookupResult
from ordercast.decisions.usable_addresses import NO_CONTACT, NOT_ALLOWED, unusable
from ordercast.events.identity import customer_key, notification_id, order_of
from ordercast.events.order_event import Channel, OrderEvent, Priority
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.fallback import CANCELLED, OTHER, awaits_fallback, is_called_off
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus, is_stale
from ordercast.notifications.tries import sent_tries
from ordercast.pacing.holds import FOR_MONEY
from ordercast.people.person import Person, people_for
from ordercast.people.quiet_policy import QuietPolicy, held_until
from ordercast.receipts.merge import as_messages_say
from ordercast.templates.statuses import is_promotional
from ordercast.templates.words import TemplateFailed

NO_CONSENT = "no-consent"
NO_CHANNEL = "no-channel"
QUIET_HOURS = "quiet-hours"
BACK_PRESSURE = "back-pressure"
CAP = "cap"
EXPIRED = "expired"
OVER_BUDGET = "over-budget"
ALREADY_DELIVERED = "already-delivered"
FORGOTTEN = "forgotten"

# What stands in the way of the message and not of its channel: on another it would be no better.
_OVER = {STALE, CAP, EXPIRED, CANCELLED}
NOT_REPLACED = frozenset({*_OVER, NOT_ALLOWED, NO_CHANNEL, NO_CONSENT, FORGOTTEN})

SendWithin = Callable[[Notification], timedelta]
"""Return how old a notification may be when it is sent."""

# For so long at most a wait for the end of quiet hours makes no message older.
QUIET_AT_MOST = timedelta(days=3)


def latest_status_keys_of(row: Notification) -> list[LatestStatusKey]:
    """Return the keys of the latest statuses that *row* must not be older than: a fallback, on both channels."""
    channels = [row.channel, OTHER[row.channel]] if row.fallback_for else [row.channel]
    return [(order_of(row.id), channel) for channel in channels]


def decide(
    event: OrderEvent,
    audience: Audience,
    latest_statuses: Mapping[Channel, LatestStatus],
    *,
    policy: Policy,
    now: datetime,
) -> dict[Channel, Verdict]:
    """Return the verdict of each channel for *event*, and of its fallback; `capped` comes afterwards."""
    decided = partial(_verdict, event, audience=audience, policy=policy, now=now)
    channels = channels_of(event, audience)
    verdicts = {each: decided(each, [latest_statuses.get(each)]) for each in channels}
    for channel, verdict in dict(verdicts).items():
        refused = verdict.state is State.SUPPRESSED and verdict.rule not in NOT_REPLACED
        if refused and may_be_replaced(event, channel, verdicts, policy=policy):
            fallback = decided(OTHER[channel], list(latest_statuses.values()))
            verdicts[OTHER[channel]] = replace(fallback, instead_of=channel)
    return verdicts


def capped(event: OrderEvent, verdicts: Verdicts, over_cap: AbstractSet[str]) -> Verdicts:
    """Return *verdicts* with the notifications *over_cap*, by id, suppressed."""
    return {
        channel: replace(verdict, state=State.SUPPRESSED, rule=CAP, until=None)
        if notification_id(event, channel) in over_cap
        else verdict
        for channel, verdict in verdicts.items()
    }


def block_reason(
    row: Notification, found: LookupResult, *, send_within: timedelta, now: datetime
) -> str | None:
    """Return the first rule that forbids sending *row* now; None if there is none."""
    promotional = is_promotional(row.template, row.order.shop)
    if refusal := _refused(row, found, promotional=promotional):
        return refusal
    by_event = row.consent == CONSENT_BY_EVENT and not promotional
    if not by_event and not _consents(row, found, promotional=promotional):
        return NO_CONSENT
    if row.recipient is None:
        return NO_CONTACT
    if news := _no_news(row, found):
        return news
    if now <= expires_at(row, send_within):
        return None
    return OVER_BUDGET if row.state is State.DEFERRED and row.rule in FOR_MONEY else EXPIRED


def _refused(row: Notification, found: LookupResult, *, promotional: bool) -> str | None:
    """Return why nothing may be sent to the person of *row*, who may be forgotten; None if it may.

    A fallback is of the person of what it takes the place of.
    """
    about = [row, found.notifications.get(row.fallback_for or "")]
    if any(each and each.forgotten for each in about):
        return FORGOTTEN
    known = [found.people[key] for key in sorted(people_for(row)) if key in found.people]
    said = (each.refusal(row.channel, row.recipient, promotional=promotional) for each in known)
    return next((each for each in said if each), None)


def _no_news(row: Notification, found: LookupResult) -> str | None:
    """Return the rule by which *row* says what its reader knows already, or what is out of date."""
    latest = [found.latest_statuses.get(key) for key in latest_status_keys_of(row)]
    if any(is_stale(row.status, row.occurred_at, each) for each in latest):
        return STALE
    replaced = found.notifications.get(row.fallback_for or "")
    if replaced and replaced.delivered_at:
        return ALREADY_DELIVERED
    return CANCELLED if replaced and is_called_off(replaced) else None


def expires_at(row: Notification, send_within: timedelta) -> datetime:
    """Return until when *row* may be sent, unless quiet hours hold it back once more."""
    return (row.ages_from or row.effective_at) + send_within


def quiet_until_for(
    row: Notification, found: LookupResult, *, policy: QuietPolicy, now: datetime
) -> datetime | None:
    """Return the end of the quiet hours in which *row*'s recipient is; None if it may go now."""
    promotional = is_promotional(row.template, row.order.shop)
    if row.priority is Priority.HIGH and not promotional:
        return None
    customer = _customer(row, found)
    phone = customer.phone if customer else None
    return held_until(
        customer,
        stated=row.time_zones,
        phone=row.recipient if CHANNELS[row.channel].contact == "phone" else phone,
        country=row.country,
        promotional=promotional,
        policy=policy,
        now=now,
    )


def deferred(row: Notification, *, until: datetime, at: datetime) -> Notification:
    """Return *row* deferred by quiet hours *until* their end.

    `effective_at` stays, and with it the hour in which it is counted. The wait makes it no older,
    because nobody but the customer asked for it, but for `QUIET_AT_MOST` in all: what never finds
    its turn between two quiet hours ends as expired.
    """
    ages_from = (row.ages_from or row.effective_at) + (until - at)
    return replace(
        row,
        state=State.DEFERRED,
        rule=QUIET_HOURS,
        held_by=None,
        due_at=until,
        ages_from=min(ages_from, row.effective_at + QUIET_AT_MOST),
    )


def back_pressured(row: Notification, *, until: datetime) -> Notification:
    """Return *row* deferred *until* its provider may have room: from its queue it came in vain."""
    return replace(row, state=State.DEFERRED, rule=BACK_PRESSURE, held_by=None, due_at=until)


def suppressed(row: Notification, rule: str, *, at: datetime) -> Notification:
    """Return *row* suppressed by *rule*; a resent one, which may have arrived, stays in doubt.

    It is due where its fallback is to be entered. One that was sent before and is not to be tried again
    ends as that try did.
    """
    if sent_tries(row):
        return as_messages_say(row, claim_ends=True)
    row = replace(row, rule=rule, held_by=None)
    if row.resends:
        return replace(row, state=State.IN_DOUBT)
    replaced = awaits_fallback(row) and rule not in NOT_REPLACED
    return replace(row, state=State.SUPPRESSED, due_at=at if replaced else None, closed_at=at)


def unsendable(row: Notification, error: Exception, *, at: datetime) -> Notification:
    """Return *row* parked, because it fails to be checked or rendered; a resent one stays in doubt.

    No provider call is made or counted.
    """
    row = replace(row, rule=f"bug:{bug_name(error)}", held_by=None)
    if row.resends:
        return replace(row, state=State.IN_DOUBT)
    return replace(row, state=State.PARKED, due_at=None, closed_at=at)


def bug_name(error: Exception) -> str:
    """Return an error's type, and which template it is of; its text may quote personal data."""
    return str(error) if isinstance(error, TemplateFailed) else type(error).__name__


def _consents(row: Notification, found: LookupResult, *, promotional: bool) -> bool:
    customer = _customer(row, found)
    return customer is not None and customer.agreed_to(row.channel, promotional=promotional)


def _customer(row: Notification, found: LookupResult) -> Person | None:
    if row.customer_id is None:
        return None
    return found.people.get(customer_key(shop=row.order.shop, customer_id=row.customer_id))


def _verdict(
    event: OrderEvent,
    channel: Channel,
    latest_statuses: Iterable[LatestStatus | None],
    *,
    audience: Audience,
    policy: Policy,
    now: datetime,
) -> Verdict:
    """Return the first rule that forbids sending, else the end of quiet hours, else a request."""
    block_reason = _refusal(event, channel, audience, policy=policy)
    if block_reason:
        return Verdict(state=State.SUPPRESSED, rule=block_reason)
    if any(is_stale(event.status, event.occurred_at, each) for each in latest_statuses):
        return Verdict(state=State.SUPPRESSED, rule=STALE)
    urgent = priority_of(event) is Priority.HIGH
    until = None if urgent else _quiet_until(event, channel, audience, policy=policy, now=now)
    if until:
        return Verdict(state=State.DEFERRED, rule=QUIET_HOURS, until=until)
    return Verdict(state=State.REQUESTED)


def _refusal(
    event: OrderEvent, channel: Channel, audience: Audience, *, policy: Policy
) -> str | None:
    recipient = recipient_of(event, channel, audience, policy=policy)
    refusal = audience.refusal(
        channel, recipient, promotional=is_promotional(event.status, event.shop)
    )
    if refusal:
        return refusal
    if event.channels is None and audience.customer and audience.customer.channels == ():
        return NO_CHANNEL
    if consent_for(event, channel, audience) is None:
        return NO_CONSENT if as_written(event, audience.customer, channel) else NO_CONTACT
    return unusable(event, channel, audience, policy=policy)


def _quiet_until(
    event: OrderEvent, channel: Channel, audience: Audience, *, policy: Policy, now: datetime
) -> datetime | None:
    customer = audience.customer
    by_phone = CHANNELS[channel].contact == "phone"
    beside = (customer and customer.phone) or event.contact.phone
    return held_until(
        customer,
        stated=stated_time_zones(event, channel, audience, policy=policy),
        phone=recipient_of(event, channel, audience, policy=policy) if by_phone else beside,
        country=event.contact.country,
        promotional=is_promotional(event.status, event.shop),
        policy=policy,
        now=now,
    )
