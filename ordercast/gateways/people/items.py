"""A person in, the item of the customers' table out, and back; the only place that knows the shape."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from ordercast.events.order_event import Channel
from ordercast.gateways.dynamodb.table import Item, millis, number, text, texts, time_from_millis
from ordercast.people.person import Person, QuietHours, SoftBounce, Suppression, Unsuppression

_TEXTS = ("customer_id", "shop", "email", "phone", "locale", "country", "time_zone")

REFUSALS = "refusals"

# What a record says of somebody. What has happened since is beside it: `paid` and `turn`, and what
# providers have taught.
RECEIPT_EVENTS = (*_TEXTS, "channels", "consents", REFUSALS, "quiet_start", "quiet_end")

# Who has one of these is never forgotten: a customer on record, or an address that has refused or
# of which something was learnt.
ON_RECORD = ("customer_id", REFUSALS, "suppressions_version")

# Who has only paid is forgotten after a while, longer than anything asks for their payments: the
# cap for an hour. Whoever writes what is in ON_RECORD removes it.
EXPIRY = ("ttl",)
KEPT = timedelta(days=7)


MEMORY = ("suppressions", "soft_bounces", "unsuppressions")


def key(person: str) -> Item:
    """Return where somebody's record is."""
    return {"person": text(person)}


def facts(person: Person) -> dict[str, Mapping[str, Any]]:
    """Return the attributes of somebody's record; what is not known is left out."""
    p = person
    strings = {
        **{name: getattr(p, name) for name in _TEXTS},
        "quiet_start": p.quiet and p.quiet.start.isoformat("minutes"),
        "quiet_end": p.quiet and p.quiet.end.isoformat("minutes"),
    }
    refusals = {str(channel): text(why) for channel, why in p.refusals.items()}
    return {
        **{name: text(value) for name, value in strings.items() if value is not None},
        **({} if p.channels is None else {"channels": texts(p.channels)}),
        **({"consents": texts(sorted(p.consents))} if p.consents else {}),
        **({REFUSALS: {"M": refusals}} if refusals else {}),
    }


def is_on_record(person: Person) -> bool:
    """Tell of whom more is known than what they have paid."""
    return bool(facts(person)) or person.evidence_in > 0


def window(person: Person) -> dict[str, Mapping[str, Any]]:
    """Return what is counted against somebody's cap and, if that is all we know, until when."""
    reservations = {each: millis(at) for each, at in person.reservations.items()}
    last = max(person.reservations.values(), default=None)
    forgotten = last + KEPT if last and not is_on_record(person) else None
    return {
        "reservations": {"M": reservations},
        "reservations_version": number(person.turn),
        **({"ttl": number(int(forgotten.timestamp()))} if forgotten else {}),
    }


def memory(person: Person) -> dict[str, Mapping[str, Any]]:
    """Return what providers have taught about somebody's addresses."""
    suppressions = {address: _suppressions(each) for address, each in person.suppressions.items()}
    bounces = {
        message_id: {"M": {"address": text(each.address), "at": millis(each.at)}}
        for message_id, each in person.soft_bounces.items()
    }
    unsuppressions = {
        address: {"M": {"reason": text(each.reason), "by": text(each.by), "at": millis(each.at)}}
        for address, each in person.unsuppressions.items()
    }
    return {
        **({"suppressions": {"M": suppressions}} if suppressions else {}),
        **({"soft_bounces": {"M": bounces}} if bounces else {}),
        **({"unsuppressions": {"M": unsuppressions}} if unsuppressions else {}),
        **({"suppressions_version": number(person.evidence_in)} if person.evidence_in else {}),
    }


def read(item: Item) -> Person:
    """Return the person that the item tells of."""
    quiet = "quiet_start" in item and QuietHours(
        start=time.fromisoformat(item["quiet_start"]["S"]),
        end=time.fromisoformat(item["quiet_end"]["S"]),
    )
    return Person(
        key=item["person"]["S"],
        **{name: item[name]["S"] for name in _TEXTS if name in item},
        channels=_channels(item, "channels") if "channels" in item else None,
        consents=frozenset(_channels(item, "consents")),
        refusals={Channel(c): why["S"] for c, why in _entries(item, REFUSALS).items()},
        quiet=quiet or None,
        reservations={
            each: time_from_millis(at) for each, at in _entries(item, "reservations").items()
        },
        turn=int(item["reservations_version"]["N"]) if "reservations_version" in item else 0,
        suppressions={
            each: _read_suppression(m["M"]) for each, m in _entries(item, "suppressions").items()
        },
        soft_bounces={
            each: SoftBounce(address=m["M"]["address"]["S"], at=time_from_millis(m["M"]["at"]))
            for each, m in _entries(item, "soft_bounces").items()
        },
        unsuppressions={
            address: Unsuppression(
                reason=m["M"]["reason"]["S"],
                by=m["M"]["by"]["S"],
                at=time_from_millis(m["M"]["at"]),
            )
            for address, m in _entries(item, "unsuppressions").items()
        },
        evidence_in=int(item["suppressions_version"]["N"]) if "suppressions_version" in item else 0,
    )


def _suppressions(suppressions: Suppression) -> Mapping[str, Any]:
    return {
        "M": {
            "channel": text(suppressions.channel),
            "reason": text(suppressions.reason),
            "kind": text(suppressions.kind),
            "message_id": text(suppressions.message_id),
            "at": millis(suppressions.at),
        }
    }


def _read_suppression(item: Item) -> Suppression:
    return Suppression(
        channel=Channel(item["channel"]["S"]),
        reason=item["reason"]["S"],
        kind=item["kind"]["S"],
        message_id=item["message_id"]["S"],
        at=time_from_millis(item["at"]),
    )


def _entries(item: Item, name: str) -> Mapping[str, Any]:
    entries: Mapping[str, Any] = item[name]["M"] if name in item else {}
    return entries


def _channels(item: Item, name: str) -> tuple[Channel, ...]:
    return tuple(Channel(each["S"]) for each in item[name]["L"]) if name in item else ()
