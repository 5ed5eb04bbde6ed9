"""Write people as items of the customers table and read them back. Used by the people gateway."""

from datetime import time, timedelta
from zlib import crc32

from ordercast.countries import country_in
from ordercast.events.order_event import Channel
from ordercast.gateways.dynamodb.codec import (
    INSTANT,
    NUMBER,
    TEXT,
    TTL,
    Attribute,
    Fields,
    Item,
    list_of,
    map_of,
    record_of,
    text,
    text_of,
)
from ordercast.notifications.places import place_of
from ordercast.people.person import Person, QuietHours, SoftBounce, Suppression, Unsuppression

REFUSALS = "refusals"
PROMOTIONS = "promotions"

_RECORD = Fields.of(
    {
        **dict.fromkeys(("customer_id", "shop", "email", "phone", "locale", "time_zone"), TEXT),
        "country": text_of(country_in, str),  # a shop may have written the record itself
        "channels": list_of(Channel),
        "consents": list_of(Channel, into=frozenset),
        REFUSALS: map_of(TEXT, key=Channel),
        PROMOTIONS: map_of(TEXT, key=Channel),
    },
    always=("channels",),
)
_QUIET = Fields.of(
    {
        name: text_of(time.fromisoformat, lambda at: at.isoformat("minutes"))
        for name in ("start", "end")
    },
    start="quiet_start",
    end="quiet_end",
)
_CAP = Fields.of(
    {"reservations": map_of(INSTANT), "reservations_version": NUMBER}, always=("reservations",)
)
_EVIDENCE = Fields.of(
    {
        "suppressions": map_of(
            record_of(
                Suppression,
                {
                    "channel": text_of(Channel),
                    **dict.fromkeys(("reason", "kind", "message_id", "by"), TEXT),
                    "at": INSTANT,
                },
            )
        ),
        "soft_bounces": map_of(record_of(SoftBounce, {"address": TEXT, "at": INSTANT})),
        "unsuppressions": map_of(
            record_of(Unsuppression, {"reason": TEXT, "by": TEXT, "at": INSTANT})
        ),
    }
)
_FORGOTTEN = Fields.of({"forgotten_at": INSTANT})
_VERSION = Fields.of({"suppressions_version": NUMBER})

RECORD = (*_RECORD.types, "quiet_start", "quiet_end", *_FORGOTTEN.types)
"""What an import or an operator writes of a person. What happens since is kept beside it: the
reservations under the hourly cap, and what providers report of the person's addresses."""

SUPPRESSED_INDEX = "suppressed"
"""The index of suppressed addresses, newest evidence first. Sparse: an item is in it only while its own
address is suppressed, so reservations and records never write it."""

SUPPRESSED, SUPPRESSED_AT = "suppressed", "suppressed_at"
"""Its keys: a shard, and the place in the list, so that no two stand at the same one."""

SUPPRESSED_SHARDS = 4  # an import of suppressions writes the index as fast as the table

EVIDENCE = (*_EVIDENCE.types, SUPPRESSED, SUPPRESSED_AT)

# A person with one of these is never forgotten: a customer on record, or an address that has
# refused or that a provider reported.
ON_RECORD = ("customer_id", REFUSALS, PROMOTIONS, "channels", "suppressions_version")

# A person with reservations only is forgotten after a while, longer than the cap asks for them.
# What writes an attribute of ON_RECORD removes the expiry.
EXPIRY = ("ttl",)
KEPT = timedelta(days=7)


def key(person: str) -> dict[str, Attribute]:
    """Return the key of a person's item."""
    return {"person": text(person)}


def record(person: Person) -> dict[str, Attribute]:
    """Return the attributes of the record; what is not known is left out."""
    return {**_RECORD.write(person), **(_QUIET.write(person.quiet) if person.quiet else {})}


def is_on_record(person: Person) -> bool:
    """Tell whether more is known than reservations."""
    return bool(record(person)) or person.suppressions_version > 0


def reservations(person: Person) -> dict[str, Attribute]:
    """Return what counts against the hourly cap and, if nothing else is known, the expiry."""
    return {**_CAP.write(person), **expiry(person)}


def forgetting(person: Person) -> dict[str, Attribute]:
    """Return when a customer was forgotten, as long as nobody is on record again."""
    return {} if person.customer_id else _FORGOTTEN.write(person)


def expiry(person: Person) -> dict[str, Attribute]:
    """Return the expiry of an item of which nothing is known but reservations and when it was emptied."""
    forgotten = [person.forgotten_at] if person.forgotten_at else []
    last = max([*person.reservations.values(), *forgotten], default=None)
    return {"ttl": TTL.write(last + KEPT)} if last and not is_on_record(person) else {}


def evidence(person: Person) -> dict[str, Attribute]:
    """Return what providers reported of the person's addresses, and where the index lists it."""
    version = _VERSION.write(person) if person.suppressions_version else {}
    own = person.suppressions.get(person.key)
    return {**_EVIDENCE.write(person), **(_listed(person.key, own) if own else {}), **version}


def _listed(key: str, own: Suppression) -> dict[str, Attribute]:
    return {SUPPRESSED: suppressed_shard(key), SUPPRESSED_AT: text(place_of(own.at, key))}


def suppressed_shard(key: str) -> Attribute:
    """Return the index's partition of an address by its key."""
    return text(str(crc32(key.encode()) % SUPPRESSED_SHARDS))


def read(item: Item) -> Person:
    """Return the person that the item holds."""
    quiet = _QUIET.read(item)
    return Person(
        key=item["person"]["S"],
        quiet=QuietHours(**quiet) if quiet else None,
        **_RECORD.read(item),
        **_CAP.read(item),
        **_EVIDENCE.read(item),
        **_FORGOTTEN.read(item),
        **_VERSION.read(item),
    )
