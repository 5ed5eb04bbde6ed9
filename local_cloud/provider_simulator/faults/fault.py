"""Define what can be the matter with a simulated provider, and read it as it is written. Used by `active` and the command line."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Literal, get_args

from msgspec import Struct

from local_cloud.environment import REGIONS
from ordercast.usage_error import UsageError

ProviderName = Literal["sns", "ses", "sms-voice"]
PROVIDERS: tuple[ProviderName, ...] = get_args(ProviderName)

ENDPOINTS = tuple((provider, region) for provider in PROVIDERS for region in REGIONS)
"""Every provider in every Region."""


class FaultKind(StrEnum):
    """What happens to a provider's calls; its value is of `ProviderFault.value`."""

    DOWN = "down"  # connections are refused
    CLOSED = "closed"  # connections are closed without an answer, and nothing is taken
    SLOW = "slow"  # seconds before an answer
    THROTTLING = "throttling"
    ERRORS = "5xx"
    HANGING = "hanging"  # no answer, and nothing is taken
    LOST_ANSWERS = "lost-answers"  # the message is taken, and the connection closed
    NO_RECEIPTS = "no-receipts"


class ProviderFault(Struct, frozen=True, kw_only=True):
    """A fault of a provider in a Region, until a moment if there is one.

    *value* is a share of the calls, from above 0 to 1; of `slow` it is in seconds.
    """

    provider: ProviderName
    region: str
    kind: FaultKind
    value: float = 1.0
    until: datetime | None = None


def read_endpoints(written: str) -> list[tuple[ProviderName, str]]:
    """Read PROVIDER or PROVIDER/REGION; without a Region it is all of them."""
    provider, _, region = written.partition("/")
    found = [each for each in ENDPOINTS if each[0] == provider and region in {"", each[1]}]
    if not found:
        known = ", ".join(f"{provider}/{region}" for provider, region in ENDPOINTS)
        raise UsageError(f"no simulated provider is called {written}", hint=f"known: {known}")
    return found


def read_fault(written: str) -> tuple[FaultKind, float]:
    """Read FAULT or FAULT=VALUE: a share such as 0.2 or 20%, seconds of `slow` such as 3 or 3s."""
    name, given, value = written.partition("=")
    if name not in set(FaultKind):
        raise UsageError(f"no fault is called {name}", hint=f"known: {', '.join(FaultKind)}")
    kind = FaultKind(name)
    if kind is FaultKind.DOWN and given:
        raise UsageError("down has no value: all connections are refused")
    if kind is FaultKind.SLOW:
        return kind, _number(kind, value.removesuffix("s"), most=SLOWEST, what="seconds")
    if not given:
        return kind, 1.0
    percent = value.endswith("%")
    share = _number(kind, value.rstrip("%"), most=100 if percent else 1, what="a share")
    return kind, share / 100 if percent else share


SLOWEST = 60
"""Seconds; for so long a hanging call is kept open at most, too."""


def _number(kind: FaultKind, written: str, *, most: float, what: str) -> float:
    try:
        number = Decimal(written)
    except InvalidOperation:
        number = Decimal(0)
    if not 0 < number <= most:
        raise UsageError(f"{kind}: {what} above 0, at most {most}; not {written or 'nothing'}")
    return float(number)
