"""Define the notification, as the ledger stores it. Used by every layer."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct, field

from ordercast.events.order_event import Channel, Money, Priority
from ordercast.notifications.fallback import Fallback
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.notifications.route_reason import RouteReason


class OrderItem(Struct, frozen=True, kw_only=True):
    """One line of an order."""

    name: str
    quantity: int = 1


class OrderDetails(Struct, frozen=True, kw_only=True):
    """What a template may use of the order; `day` is the event's day where the recipient is."""

    order_id: str
    shop: str | None = None
    amount: Money | None = None
    items: tuple[OrderItem, ...] = ()
    tracking_url: str | None = None
    day: date | None = None


class Forgotten(Struct, frozen=True, kw_only=True):
    """When the person of a notification was forgotten, and the keys of their records.

    The keys are hashes (`address_key`, `customer_key`): a complaint that comes late still suppresses.
    """

    at: datetime
    address: str | None = None
    customer: str | None = None


class Notification(Struct, frozen=True, kw_only=True):
    """One message to one recipient on one channel, and its state.

    `rule` is the rule that suppressed it or the reason of a failure; `held_by` is the hold that it
    waits behind or, if it is requested, may pass; `version` grows by one with each change; `effective_at` is when it was accepted or, if it was deferred, when its deferral
    ends; `expires_at` is when retention ends; `due_at` is when the sweeper looks at it next and
    `sweeps` how often it has; `lease_until` is set while a sender holds the claim; `attempts`
    counts claims but for those returned before the provider was called; `in_doubt_since` is kept
    while a message in doubt is sent again, and `resends` counts how often it was; `parts`,
    `estimate` (US dollars by the price list) and `reserved` (the most that it may cost) are those of
    the last claim, as are `template_version`, what its words were made from (`sv-` and a hash), and
    `route`, on which its provider is called (None: the channel's first provider in the stage's
    Region; ordercast/sending/routes.py), with `route_reason` (None: it is the stage's usual one);
    `drawn` (US dollars) is what all claims together drew from each budget.

    `time_zones` are where the event says that the customer is; none for high priority, which no
    quiet hours hold back. `ages_from` is set where quiet hours held it back after it was accepted:
    `effective_at`, later by that wait, from which its age counts.

    `fallback` is what may take its place on the other channel; one that took another's place names
    that as `fallback_for`. One that an operator had sent again as others counts the last of them as
    `last_resend` (`identity.resend_id` names each); they name it as `resend_of`.

    `locale` is the recipient's own (BCP 47), whether or not there are words in it.

    One whose person was `forgotten` has no recipient, customer, locale or time zones, and of its order
    the id and shop alone; nothing is sent of it any more.

    `country` (ISO 3166-1) is that of the number, or of an e-mail's reader. `messages` are those
    that a provider accepted, by message id, and `sent_at` is when it took the first; `cost` (US
    dollars) is the sum of their prices, `cost_source` where it comes from; None if nothing was sent
    or no price is known.
    """

    id: str
    order: OrderDetails
    status: str
    channel: Channel
    priority: Priority
    template: str
    locale: str | None
    recipient: str | None
    customer_id: str | None
    campaign: str | None
    consent: str | None
    state: State
    rule: str | None
    occurred_at: datetime | None
    effective_at: datetime
    expires_at: datetime
    due_at: datetime | None
    sweeps: int = 0
    version: int = 1
    attempts: int = 0
    resends: int = 0
    parts: int | None = None
    estimate: Decimal | None = None
    reserved: Decimal | None = None
    template_version: str | None = None
    route: str | None = None
    route_reason: RouteReason | None = None
    drawn: Decimal | None = None
    held_by: str | None = None
    owner: str | None = None
    lease_until: datetime | None = None
    country: str | None = None
    time_zones: tuple[str, ...] = ()
    ages_from: datetime | None = None
    fallback: Fallback | None = None
    fallback_for: str | None = None
    resend_of: str | None = None
    last_resend: int = 0
    forgotten: Forgotten | None = None
    messages: Mapping[str, Message] = field(default_factory=dict)
    cost: Decimal | None = None
    cost_source: CostSource | None = None
    in_doubt_since: datetime | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def is_held(self) -> bool:
        """Whether it waits behind a hold, until that is let go."""
        return self.state is State.DEFERRED and self.held_by is not None

    @property
    def judged(self) -> int:
        """How many of its attempts were judged: not those of which a receipt says that the account could not send."""
        return self.attempts - sum(each.state is State.DEFERRED for each in self.messages.values())

    @property
    def message_id(self) -> str | None:
        """The id of the message; the greatest where it was sent more than once."""
        return max(self.messages, default=None)
