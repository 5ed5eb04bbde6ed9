"""Define the safeguards of fallbacks, and the functions without each. Used by `test_safeguards`."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus
from ordercast.workflows.sweep.enter_fallbacks import EnterFallbacks
from ordercast.workflows.sweep.sweep import Sweep
from tests.explorer.deployed.fitting import Fitting, rebuilt
from tests.explorer.faults.points import Fault
from tests.explorer.safeguards.definition import Around, Safeguard


class _Unaware(Around):
    """Does not show what a fallback takes the place of."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        if wanted.latest_statuses:
            wanted = replace(wanted, notifications=frozenset())
        found: LookupResult = self.inner.look_up(wanted)
        return found


class _OneChannel(Around):
    """Shows a fallback's order no status of the channel that it does not go out on."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        both = {order for order, channel in wanted.latest_statuses if channel is Channel.EMAIL}
        kept = {
            key: each
            for key, each in found.latest_statuses.items()
            if key[1] is Channel.EMAIL or key[0] not in both
        }
        return replace(found, latest_statuses=kept)


_NUMBERS = count(1)


class _NewEachTime(Around):
    """Enters each fallback that comes later under an id of its own."""

    def accept(
        self, notifications: Sequence[Notification], latest_statuses: Sequence[LatestStatus]
    ) -> list[Notification]:
        new = [replace(n, id=f"{n.id[:-6]}{next(_NUMBERS):06}") for n in notifications]
        entered: list[Notification] = self.inner.accept(new, latest_statuses)
        return entered


class _AtOnce(EnterFallbacks, frozen=True, kw_only=True):
    """Enters fallbacks at once."""

    def __call__(self, *rows: Any, **named: Any) -> dict[str, Notification]:
        policy = replace(self.due_policy, fallback_grace=timedelta())
        return rebuilt(EnterFallbacks, replace(self, due_policy=policy))(*rows, **named)


class _Unmarked(EnterFallbacks, frozen=True, kw_only=True):
    """Enters none."""

    def __call__(self, *_: Any, **__: Any) -> dict[str, Notification]:
        return {}


def _with(kind: type[EnterFallbacks]) -> Fitting:
    def refitted(sweep: Sweep) -> Sweep:
        entering = rebuilt(kind, sweep.look.enter_fallbacks)
        return replace(sweep, look=replace(sweep.look, enter_fallbacks=entering))

    return Fitting(sweep=refitted)


SAFEGUARDS_OF_FALLBACKS = (
    Safeguard(
        name="fallback cancelled by a delivery",
        without=lambda: Fitting(sender_ledger=_Unaware, sweeper_ledger=_Unaware),
        breaks="called in place of what was delivered",
    ),
    Safeguard(
        name="latest status of both channels for a fallback",
        without=lambda: Fitting(sender_ledger=_OneChannel, sweeper_ledger=_OneChannel),
        breaks="o-instead-news email confirmed: called after something newer was accepted",
    ),
    Safeguard(
        name="fallback under the id of the event's e-mail",
        without=lambda: Fitting(sweeper_ledger=_NewEachTime),
        function="sweeper",
        call=("ledger", "accept"),
        fault=Fault.CRASH_AFTER,
        breaks="fallbacks went out for",
    ),
    Safeguard(
        name="grace time of a fallback",
        without=lambda: _with(_AtOnce),
        breaks="was entered before its grace time",
    ),
    Safeguard(
        name="fallback entered by the sweeper",
        without=lambda: _with(_Unmarked),
        breaks="was not heard of, and nothing took its place",
    ),
)
