"""Decide when a route is closed because its provider is down. Used by the senders.

A breaker opens by what one process met on a route within half a minute: half of its last calls, and
five at least, ended in trouble; or the provider has taken none for long. What a provider says of
one message or of the account is an answer, and so no trouble of the route.
"""

from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

WINDOW = timedelta(seconds=30)
"""What a call is remembered for."""

LEAST = 5
"""Fewer calls say nothing."""

LONG = timedelta(seconds=20)
"""For so long a provider has to take nothing at all before throttling opens a breaker: a burst of
another program of the account is over sooner, and lowers the rate only (pacing/bucket.py)."""

REMEMBERED = 20
"""The share is of so many calls at most, the last ones. The trap is a busy sender: of half a minute's
calls most were fine, and it would take ten seconds more until half of them were not."""


class Met(StrEnum):
    """What a call met."""

    ANSWER = "answer"  # the message was taken or refused, or the account has trouble
    THROTTLING = "throttling"
    TROUBLE = "trouble"  # nothing listens, or nobody knows what became of the message


class RouteCall(Struct, frozen=True, kw_only=True):
    """One call of a provider: when it ended, what it met, and the provider's or the SDK's code for that."""

    at: datetime
    met: Met
    code: str = ""


class RouteCalls(Struct, frozen=True, kw_only=True):
    """What a process remembers of a route: its last calls, and since when none was answered, None if one was."""

    last: tuple[RouteCall, ...] = ()
    unanswered_since: datetime | None = None

    def then(self, call: RouteCall) -> Self:
        """Return this with one more call."""
        since = None if call.met is Met.ANSWER else self.unanswered_since or call.at
        return replace(self, last=(*self.last, call)[-REMEMBERED:], unanswered_since=since)


def why_open(calls: RouteCalls, *, now: datetime, since: datetime | None = None) -> str:
    """Return why a route is to be closed by its *calls*, in words; "" if it is not.

    What ended by *since* is over: the route was opened again then.
    """
    begins = max(now - WINDOW, since) if since else now - WINDOW
    recent = [each for each in calls.last if each.at > begins]
    if len(recent) < LEAST:
        return ""
    trouble = [each for each in recent if each.met is Met.TROUBLE]
    if 2 * len(trouble) >= len(recent):
        return _words(trouble, recent)
    unanswered = calls.unanswered_since
    if unanswered is None or recent[-1].at - max(unanswered, since or unanswered) < LONG:
        return ""
    return _words(recent, recent)


def _words(bad: list[RouteCall], recent: list[RouteCall]) -> str:
    code, _ = Counter(each.code for each in bad).most_common(1)[0]
    return f"{len(bad)} of the last {len(recent)} calls, mostly {code}"
