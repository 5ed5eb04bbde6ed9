"""Suppress and unsuppress addresses by the evidence in receipts. Used by the receipt tracker and the sweeper.

Evidence is kept with its message and time, so it may come twice and in any order. An automatic
reply is no evidence.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.people.person import (
    Person,
    SoftBounce,
    Suppression,
    Unsuppression,
    address_of,
    people_for,
)
from ordercast.receipts.provider_events import SuppressionReason, meaning_of
from ordercast.receipts.receipt_log import ReceiptLog

WITHIN = timedelta(days=30)
"""Soft bounces of an address count together if they come within this time."""


class Evidence(NamedTuple):
    """One reason to suppress an address (by its hash); a soft bounce alone is not enough."""

    address: str
    suppression: Suppression


def evidence_in(row: Notification, receipt_logs: Iterable[ReceiptLog]) -> dict[str, list[Evidence]]:
    """Return the evidence in the receipt logs of *row*'s messages, for each record to be changed.

    These are the records of its address and its customer.
    """
    address = address_of(row)
    if address is None:
        return {}
    found = [
        Evidence(
            address,
            Suppression(
                channel=row.channel,
                reason=reason,
                kind=kind,
                message_id=receipt_log.message_id,
                at=receipt_event.at,
            ),
        )
        for receipt_log in receipt_logs
        for kind, receipt_event in receipt_log.receipt_events.items()
        if (reason := meaning_of(kind, row.channel).suppression_reason)
    ]
    return dict.fromkeys(people_for(row), found) if found else {}


def is_evidence(receipt_log: ReceiptLog) -> bool:
    """Return whether the receipt log holds evidence for a suppression."""
    return any(
        meaning_of(kind, receipt_log.channel).suppression_reason
        for kind in receipt_log.receipt_events
    )


def suppress(person: Person, evidence: Iterable[Evidence], *, soft_bounces: int) -> Person:
    """Return *person* with this evidence; the same object if there is nothing new in it.

    As many as *soft_bounces* (the stage's `soft_bounces`) of one address within 30 days suppress it.
    """
    softly = dict(person.soft_bounces)
    suppressions = dict(person.suppressions)
    for address, new in evidence:
        unsuppression = person.unsuppressions.get(address)
        if unsuppression is not None and new.at <= unsuppression.at:
            continue  # older than the unsuppression, so it is no new evidence
        if new.reason == SuppressionReason.SOFT_BOUNCED:
            known = softly.get(new.message_id)
            at = min(known.at, new.at) if known else new.at
            softly[new.message_id] = SoftBounce(address=address, at=at)
        else:
            _keep_earliest(suppressions, address, new)
    for address in {each.address for each in softly.values()}:
        _keep_earliest(suppressions, address, _too_many(softly, address, soft_bounces))
    if (softly, suppressions) == (dict(person.soft_bounces), dict(person.suppressions)):
        return person
    return replace(
        person,
        soft_bounces=softly,
        suppressions=suppressions,
        suppressions_version=person.suppressions_version + 1,
    )


def unsuppress(person: Person, address: str, *, by: str, at: datetime) -> Person:
    """Return *person* with that address no longer suppressed; the same object if it was not.

    Who unsuppressed it is recorded. Earlier events are no evidence any more, however late their
    receipts come; later ones are.
    """
    refusal = person.suppressions.get(address)
    if refusal is None:
        return person
    bounces = {i: each for i, each in person.soft_bounces.items() if each.address != address}
    return replace(
        person,
        suppressions={each: why for each, why in person.suppressions.items() if each != address},
        soft_bounces=bounces,
        unsuppressions={
            **person.unsuppressions,
            address: Unsuppression(reason=refusal.reason, by=by, at=at),
        },
        suppressions_version=person.suppressions_version + 1,
    )


def _keep_earliest(
    suppressions: dict[str, Suppression], address: str, new: Suppression | None
) -> None:
    """Keep the earliest evidence of an address; any other reason goes before counted soft bounces."""
    if new is not None:
        suppressions[address] = min(suppressions.get(address, new), new, key=_by_evidence)


def _by_evidence(suppressions: Suppression) -> tuple[bool, datetime, str, str]:
    counted = suppressions.reason == SuppressionReason.SOFT_BOUNCED
    return counted, suppressions.at, suppressions.message_id, suppressions.kind


def _too_many(bounces: Mapping[str, SoftBounce], address: str, limit: int) -> Suppression | None:
    """Return the suppression by repeated soft bounces, as of the first time there were enough."""
    times = sorted((each.at, i) for i, each in bounces.items() if each.address == address)
    for (first, _), (last, message_id) in zip(times, times[limit - 1 :], strict=False):
        if last - first <= WITHIN:
            return Suppression(
                channel=Channel.EMAIL,
                reason=SuppressionReason.SOFT_BOUNCED,
                kind=f"{limit} soft bounces",
                message_id=message_id,
                at=last,
            )
    return None
