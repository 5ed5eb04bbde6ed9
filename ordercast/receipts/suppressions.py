"""What was said of a message in, what it teaches of the address that it went to out.

Lessons are facts too: a set of them, with the message that taught each and when, so that they may
come twice and in any order. An automatic reply teaches nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.people.person import Learnt, Lifted, Person, SoftBounce
from ordercast.people.person_keys import people_for
from ordercast.receipts.provider_events import Lesson, place
from ordercast.receipts.receipt_log import Trail

WITHIN = timedelta(days=30)
"""So many soft bounces are repeated ones if they come within this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """One lesson about the address with that hash, and the message that taught it."""

    lesson: Lesson
    address: str
    channel: Channel
    kind: str
    message_id: str
    at: datetime


def lessons(row: Notification, trails: Iterable[Trail]) -> list[Taught]:
    """Return everything that these trails of *row*'s messages teach."""
    if row.recipient is None:
        return []
    return [
        Taught(
            lesson=lesson,
            address=address_key(row.recipient),
            channel=row.channel,
            kind=kind,
            message_id=trail.message_id,
            at=fact.at,
        )
        for trail in trails
        for kind, fact in trail.facts.items()
        if (lesson := place(kind, row.channel).lesson)
    ]


def teaches(trail: Trail) -> bool:
    """Tell whether anything said of the message is a lesson."""
    return any(place(kind, trail.channel).lesson for kind in trail.facts)


def learners(row: Notification, taught: Iterable[Taught]) -> dict[str, list[Taught]]:
    """Return who is to remember what: the address, and the customer it belongs to."""
    told = list(taught)
    return dict.fromkeys(people_for(row), told) if told else {}


def learn(person: Person, taught: Iterable[Taught], *, soft_bounces: int) -> Person:
    """Return *person* with these lessons; the same one where there is nothing new in them.

    So many *soft_bounces* of one address within a month are taken for a refusal.
    """
    softly = dict(person.soft_bounces)
    learnt = dict(person.learnt)
    for each in taught:
        lifted = person.lifted.get(each.address)
        if lifted is not None and each.at <= lifted.at:
            continue  # an old receipt, late or once more, is no new word
        if each.lesson is Lesson.SOFT_BOUNCED:
            known = softly.get(each.message_id)
            at = min(known.at, each.at) if known else each.at
            softly[each.message_id] = SoftBounce(address=each.address, at=at)
        else:
            _remember(learnt, each.address, _refusal(each))
    for address in {each.address for each in softly.values()}:
        _remember(learnt, address, _too_many(softly, address, soft_bounces))
    if (softly, learnt) == (dict(person.soft_bounces), dict(person.learnt)):
        return person
    return replace(person, soft_bounces=softly, learnt=learnt, lessons=person.lessons + 1)


def lift(person: Person, address: str, *, by: str, at: datetime) -> Person:
    """Return *person* with what was learnt of that address lifted; the same one if nothing was.

    Who said so is kept. What happened before then teaches nothing any more, whenever it is heard
    of; what happens later does.
    """
    refusal = person.learnt.get(address)
    if refusal is None:
        return person
    bounces = {i: each for i, each in person.soft_bounces.items() if each.address != address}
    return replace(
        person,
        learnt={each: why for each, why in person.learnt.items() if each != address},
        soft_bounces=bounces,
        lifted={**person.lifted, address: Lifted(reason=refusal.reason, by=by, at=at)},
        lessons=person.lessons + 1,
    )


def _refusal(taught: Taught) -> Learnt:
    return Learnt(
        channel=taught.channel,
        reason=taught.lesson,
        kind=taught.kind,
        message_id=taught.message_id,
        at=taught.at,
    )


def _remember(learnt: dict[str, Learnt], address: str, new: Learnt | None) -> None:
    """Keep the earliest evidence of the address; a word of its owner's goes before our own count."""
    if new is not None:
        learnt[address] = min(learnt.get(address, new), new, key=_standing)


def _standing(learnt: Learnt) -> tuple[bool, datetime, str, str]:
    counted = learnt.reason == Lesson.SOFT_BOUNCED
    return counted, learnt.at, learnt.message_id, learnt.kind


def _too_many(bounces: Mapping[str, SoftBounce], address: str, limit: int) -> Learnt | None:
    """Return the refusal that repeated soft bounces amount to: the first time there were enough."""
    times = sorted((each.at, i) for i, each in bounces.items() if each.address == address)
    for (first, _), (last, message_id) in zip(times, times[limit - 1 :], strict=False):
        if last - first <= WITHIN:
            return Learnt(
                channel=Channel.EMAIL,
                reason=Lesson.SOFT_BOUNCED,
                kind=f"{limit} soft bounces",
                message_id=message_id,
                at=last,
            )
    return None
