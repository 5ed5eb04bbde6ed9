"""One message to one person on one channel, as the ledger knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetails:
    """What a template may say about the order."""

    order_id: str
    shop: str | None = None
    amount: str | None = None
    items: tuple[str, ...] = ()
    tracking_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What is to be said, to whom, and how far it has got.

    `rule` names the decision behind a suppression or the reason of a failure; `version` grows by
    one with each change; `accepted_at` is, where it is deferred, until when; `expires_at` is when
    retention ends; `due_at` is when the sweeper looks at it next and `sweeps` how often it has;
    `lease_until` is set while a sender holds the claim; `attempts` counts claims that were not given back uncalled, `resends` how
    often a message in doubt was sent again; `parts` and `reserved` (US dollars) are what the last
    claim carried.

    `country` (ISO 3166-1) is the number's, or where an e-mail's reader is known to be. `messages`
    holds what is known of each message that a provider took, by its id; `cost` (US dollars) is the
    sum of their prices by the word of `cost_source`, and None where nothing was sent or no price is
    known.
    """

    id: str
    order: OrderDetails
    status: str
    channel: Channel
    priority: Priority
    template: str
    template_version: str
    locale: str
    recipient: str | None
    customer_id: str | None
    campaign: str | None
    consent: str | None
    state: State
    rule: str | None
    occurred_at: datetime | None
    accepted_at: datetime
    expires_at: datetime
    due_at: datetime | None
    sweeps: int = 0
    version: int = 1
    attempts: int = 0
    resends: int = 0
    parts: int | None = None
    reserved: Decimal | None = None
    owner: str | None = None
    lease_until: datetime | None = None
    country: str | None = None
    messages: Mapping[str, Message] = field(default_factory=dict)
    cost: Decimal | None = None
    cost_source: CostSource | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def message_id(self) -> str | None:
        """The id of the message that there is usually one of."""
        return max(self.messages, default=None)
