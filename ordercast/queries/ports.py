"""Ports: what the queries read. Implemented by gateways and fakes.

Each list is newest first and is read as it is iterated; `before` is a place in it
(`rollups.listed.place_of`). What is read is added to *units*, and who iterates stops when they are spent.
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Protocol

from ordercast.notifications.lifecycle import State
from ordercast.rollups.listed import ListedNotification, ReadUnits


class CountedList(Protocol):
    """What was counted, by the hour; seconds late. Raises `LedgerUnavailable`."""

    def of_hour(self, hour: str, *, before: str, units: ReadUnits) -> Iterator[ListedNotification]:
        """Yield an hour's notifications before a place, the newest first."""
        ...

    def newest_hour(self, last: str, *, units: ReadUnits) -> str | None:
        """Return the newest hour of a day, up to the hour *last*, that has any; None if none has."""
        ...


class LedgerLists(Protocol):
    """The ledger's indexes of failures, customers and addresses; a moment late. Raises `LedgerUnavailable`."""

    def failed(
        self, states: Collection[State], day: date, *, before: str, units: ReadUnits
    ) -> Iterator[ListedNotification]:
        """Yield what came to one of *states* on *day* (UTC) and is in it still."""
        ...

    def of_customer(
        self, customer: str, *, before: str, units: ReadUnits
    ) -> Iterator[ListedNotification]:
        """Yield a customer's notifications, as they are by now."""
        ...

    def of_address(
        self, address: str, *, before: str, units: ReadUnits
    ) -> Iterator[ListedNotification]:
        """Yield an address's notifications, as they are by now."""
        ...
