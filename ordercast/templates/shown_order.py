"""Show an order to a template: its facts, with figures as the reader writes them. Used by the renderer."""

from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from ordercast.notifications.notification import OrderDetails
from ordercast.templates import figures

REFUNDS = frozenset({"refunded", "partially_refunded"})
"""The templates whose amount flows back: it is shown without a minus, which some shops write."""


class Figure(str):
    """A text of our own making, whose spaces are to stay: they do not break."""

    __slots__ = ()


class ShownOrder(Struct, frozen=True, kw_only=True, dict=True):
    """What words may name as `order`; each figure is written when it is first named, and once.

    `locale` is Babel's name of it; `for_text` is whether a text message shows it; `is_fallback` is
    whether it goes out because another message could not be had.
    """

    details: OrderDetails
    locale: str
    for_text: bool
    is_refund: bool
    is_fallback: bool = False

    @property
    def order_id(self) -> str:
        """The id, as the shop wrote it."""
        return self.details.order_id

    @property
    def shop(self) -> str | None:
        """The shop's name."""
        return self.details.shop

    @property
    def tracking_url(self) -> str | None:
        """Where the order can be followed."""
        return self.details.tracking_url

    @cached_property
    def amount(self) -> Figure | None:
        """What the order comes to, or what is paid back."""
        money = self.details.amount
        if money is None:
            return None
        if self.is_refund:
            money = replace(money, value=abs(money.value))
        return Figure(figures.amount(money, self.locale, for_text=self.for_text))

    @cached_property
    def date(self) -> Figure | None:
        """The day of the event where the reader is."""
        on = self.details.day
        return None if on is None else Figure(figures.day(on, self.locale))

    @cached_property
    def items(self) -> tuple[str, ...]:
        """A line for each item."""
        return tuple(
            item.name if item.quantity == 1 else f"{item.quantity} x {item.name}"
            for item in self.details.items
        )

    @cached_property
    def item_count(self) -> int:
        """How many items there are, quantities counted."""
        return sum(item.quantity for item in self.details.items)
