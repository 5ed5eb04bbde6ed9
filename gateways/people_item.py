"""A person in, the item of the customers' table out, and back; the only place that knows the shape."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from gateways.dynamodb import Item, millis, number, text, texts, time_from_millis
from notifications.order_event import Channel
from notifications.person import Person, QuietHours

_TEXTS = ("customer_id", "shop", "email", "phone", "locale", "country", "time_zone")

# What a record says of somebody. What has happened since, `paid` and `turn`, is beside it.
FACTS = (*_TEXTS, "channels", "consents", "refusals", "quiet_start", "quiet_end")


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
        **({"refusals": {"M": refusals}} if refusals else {}),
    }


def window(person: Person) -> dict[str, Mapping[str, Any]]:
    """Return what is counted against somebody's cap."""
    paid = {each: millis(at) for each, at in person.paid.items()}
    return {"paid": {"M": paid}, "turn": number(person.turn)}


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
        refusals={Channel(c): why["S"] for c, why in _entries(item, "refusals").items()},
        quiet=quiet or None,
        paid={each: time_from_millis(at) for each, at in _entries(item, "paid").items()},
        turn=int(item["turn"]["N"]) if "turn" in item else 0,
    )


def _entries(item: Item, name: str) -> Mapping[str, Any]:
    entries: Mapping[str, Any] = item[name]["M"] if name in item else {}
    return entries


def _channels(item: Item, name: str) -> tuple[Channel, ...]:
    return tuple(Channel(each["S"]) for each in item[name]["L"]) if name in item else ()
