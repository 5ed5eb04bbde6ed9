"""Estimate how many messages of a hold's scope are still to be sent, by the rollups. Used by `ordercast pause`."""

from datetime import datetime, timedelta

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import Scope
from ordercast.rollups.rollup import STATE, Amounts, RollupKey, short
from ordercast.workflows.read_rollups import Buckets, rollups_between

A_DAY = timedelta(days=1)


def waiting_in(scope: Scope, rollups: Buckets, *, now: datetime) -> int:
    """Count what waits of a day and a night around *now*, whatever its priority; seconds late.

    Raises `LedgerUnavailable`.
    """
    buckets = rollups_between(rollups, now - A_DAY, now + A_DAY)
    return sum(_waiting(amounts) for key, amounts in buckets.items() if _is_in(scope, key))


def _waiting(amounts: Amounts) -> int:
    return int(sum(amounts.get(STATE + each, 0) for each in (State.REQUESTED, State.DEFERRED)))


def _is_in(scope: Scope, key: RollupKey) -> bool:
    by_phone = CHANNELS[Channel(key.channel)].contact == "phone"
    parts = (
        (scope.channel, key.channel),
        (scope.country, key.country if by_phone else None),
        (short(scope.campaign), key.campaign),
        (short(scope.shop), key.shop),
    )
    return all(part in {None, of_bucket} for part, of_bucket in parts)
