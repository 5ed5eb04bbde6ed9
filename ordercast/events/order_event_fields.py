"""Define the fields of an order event in the form that the contract recommends. Used by producers and the relay.

`make contract` writes docs/order-event.schema.json and docs/order-event.d.ts from `OrderEventV1`,
so the fields stand here once. What else is taken, ordercast/events/reading/ reads.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ordercast.events.statuses import STATUSES

SCHEMA_VERSION = 1

# The end of a pattern. Python's `$` also matches before a final line break; that of ECMAScript,
# which JSON Schema uses, does not. Written like this, both mean the same.
_END = r"$(?!\n)"

Identifier = Annotated[str, Meta(min_length=1, max_length=128)]
ShortText = Annotated[str, Meta(min_length=1, max_length=256)]
Address = Annotated[str, Meta(max_length=1024)]
Instant = Annotated[datetime, Meta(tz=True, description="RFC 3339, with its zone")]
StatusWord = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}" + _END,
        description=f"{', '.join(STATUSES)}, or your own",
    ),
]
WebAddress = Annotated[str, Meta(pattern=r"^https?://[!-~]+" + _END, max_length=1024)]
ChannelWish = Literal["sms", "email", "both", "auto"]
PriorityWish = Literal["high", "normal"]
FallbackWish = Literal["email", "none"]


class _Part(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A part of an event. An unknown field makes the whole be read field by field, and is ignored."""


class MoneyV1(_Part, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """An amount of money: the value as text, so that no cent is lost to binary fractions."""

    value: Annotated[str, Meta(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?" + _END)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}" + _END, description="ISO 4217")]


class ItemV1(_Part, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One line of an order."""

    name: ShortText
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    sku: ShortText | None = None


class ContactV1(_Part, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """How to reach the customer; the customer's own record wins over it.

    An address may be empty or invalid: then only its channel is not used.
    """

    email: Address | None = None
    phone: Address | None = None
    locale: Annotated[str, Meta(min_length=2, max_length=35, description="BCP 47")] | None = None
    time_zone: Annotated[str, Meta(min_length=1, max_length=64, description="IANA")] | None = None
    country: Annotated[str, Meta(pattern="^[A-Z]{2}" + _END, description="ISO 3166-1")] | None = (
        None
    )


# A bare number has the limits that `MoneyV1.value` sets to text.
BareNumber = Annotated[
    float,
    Meta(
        gt=-1e12,
        lt=1e12,
        description="taken in the stage's currency; a whole number may be in cents, and is left out",
        extra_json_schema={"not": {"type": "integer", "not": {"const": 0}}},
    ),
]
AmountV1 = MoneyV1 | BareNumber
Items = Annotated[list[ShortText | ItemV1], Meta(max_length=100)]


class OrderEventV1(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Something that happened to an order, in the recommended form. Unknown fields are ignored."""

    order_id: Identifier
    schema_version: (
        Annotated[
            int,
            Meta(
                description=f"{SCHEMA_VERSION} if absent",
                extra_json_schema={"maximum": SCHEMA_VERSION},
            ),
        ]
        | None
    ) = None
    event_id: Annotated[Identifier, Meta(description="unique: same id, same event")] | None = None
    status: StatusWord | None = None
    customer_id: (
        Annotated[Identifier, Meta(description="required unless contact is given")] | None
    ) = None
    occurred_at: Instant | None = None
    amount: AmountV1 | None = None
    items: Items | None = None
    contact: ContactV1 | None = None
    channel: ChannelWish | None = None
    priority: PriorityWish | None = None
    fallback: (
        Annotated[FallbackWish, Meta(description="what is sent where a text cannot be")] | None
    ) = None
    tracking_url: WebAddress | None = None
    campaign: Identifier | None = None
    shop: Identifier | None = None
