"""Define the faults that a call may meet, and what its caller then sees. Used by the fault proxy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from ordercast.errors import (
    LedgerUnavailable,
    ParkingUnavailable,
    ProviderUnavailable,
    QueueUnavailable,
)
from ordercast.events.order_event import Channel
from tests.fakes.clock import HandTurnedClock

Do = Callable[..., Any]


class Fault(StrEnum):
    """What can happen to one call.

    A service of ours is called again by the SDK when an answer is lost, a provider never; so a lost
    answer there is a call made twice, and here one that nobody knows the outcome of.
    """

    CRASH_BEFORE = "crash-before"  # the function ends; nothing was done
    CRASH_AFTER = "crash-after"  # it was done, and the function ends
    THROTTLED = "throttled"  # nothing is done, and the caller sees that
    SERVER_ERROR = "server-error"  # it was done, and the caller sees that it failed
    LOST_ANSWER = "lost-answer"  # it was done, and the answer was lost
    LOST_REQUEST = "lost-request"  # nothing is done, and that takes as long as a time-out
    TAKEN_LATE = "taken-late"  # it takes as long as a time-out, and is done later all the same
    PARTIAL = "partial"  # every other one of a batch is done
    OVERTAKEN = "overtaken"  # the same batch was delivered twice, and the other one is faster
    MEANWHILE = "meanwhile"  # it takes a while, and every other function has its turn
    CLOCK_AHEAD = "clock-ahead"  # overtaken, and by the clock here the other lease has lapsed


CRASHES = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)
RACES = (Fault.OVERTAKEN, Fault.MEANWHILE)
EVERYWHERE = tuple(fault for fault in Fault if fault not in {Fault.CLOCK_AHEAD, Fault.TAKEN_LATE})
ALONE = tuple(fault for fault in EVERYWHERE if fault is not Fault.PARTIAL)


class Crash(BaseException):
    """The function is ended here and now; nothing in it can catch that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OurService:
    """A table, topic, bucket or queue of ours; `error` is raised, or `answer` given, in trouble.

    `answer` is made of what the call was about.
    `answers_half` cuts the answer of a call that only reads, where its service says less than it
    knows; `judges_leases` is true where the caller's clock decides what has lapsed. What is done
    `once` is a transaction: whole, and once however often the SDK repeats it.
    """

    error: type[Exception] | None = None
    answer: Callable[..., Any] | None = None
    answers_in_part: bool = False
    answers_half: bool = False
    judges_leases: bool = False
    once: bool = False

    def kinds(self, size: int) -> tuple[Fault, ...]:
        """Return what can happen to a call with a batch of *size*."""
        alone = (size <= 1 and not self.answers_half) or self.once
        timed = (Fault.CLOCK_AHEAD,) if self.judges_leases else ()
        return (*(ALONE if alone else EVERYWHERE), *timed)

    def meet(self, fault: Fault, do: Do, args: Sequence[Any], clock: HandTurnedClock) -> Any:
        """Let the call meet *fault*; crashes and races are not its own."""
        match fault:
            case Fault.SERVER_ERROR:
                do(*args)
            case Fault.LOST_ANSWER:
                answer = do(*args)
                clock.turn(_OUR_TIME_OUT)
                return answer if self.once else do(*args)
            case Fault.LOST_REQUEST:
                clock.turn(_OUR_TIME_OUT * _OUR_ATTEMPTS)
            case Fault.PARTIAL:
                if self.answers_half:
                    return _every_other(do(*args))
                done = do(*map(_every_other, args))
                if self.answers_in_part:
                    return done
        return self._trouble(fault, args)

    def _trouble(self, fault: Fault, args: Sequence[Any]) -> Any:
        if self.answer is not None:
            return self.answer(*args)
        assert self.error is not None
        raise self.error(f"injected: {fault}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCall:
    """One call of a provider: no second attempt, and errors as botocore raises them.

    It alone is done after its caller has hung up: the fault proxy sees to that.
    """

    def kinds(self, _size: int) -> tuple[Fault, ...]:
        """Return what can happen to it."""
        return (*ALONE, Fault.TAKEN_LATE)

    def meet(self, fault: Fault, do: Do, args: Sequence[Any], clock: HandTurnedClock) -> Any:
        """Let the call meet *fault*."""
        if fault in {Fault.SERVER_ERROR, Fault.LOST_ANSWER}:
            do(*args)
        if fault is Fault.THROTTLED:
            raise throttled()
        if fault is Fault.SERVER_ERROR:
            raise server_error()
        clock.turn(_PROVIDER_TIME_OUT)
        raise timed_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """The port to a provider, which never raises: what its calls meet, they meet themselves."""

    def kinds(self, _size: int) -> tuple[Fault, ...]:
        """Return what can happen to it."""
        return (*CRASHES, *RACES)

    def meet(self, fault: Fault, *_: Any) -> Any:
        """Refuse: there is no trouble of its own."""
        raise AssertionError(fault)


Manner = OurService | ProviderCall | Sending

_TABLE = OurService(error=LedgerUnavailable)

MANNERS: Mapping[tuple[str, str], Manner] = {
    ("ledger", "look_up"): _TABLE,
    ("ledger", "record_decisions"): _TABLE,
    ("ledger", "accept"): _TABLE,
    ("ledger", "claim"): OurService(
        error=LedgerUnavailable, answers_in_part=True, judges_leases=True
    ),
    ("ledger", "settle"): _TABLE,
    ("ledger", "change"): _TABLE,
    ("ledger", "failures"): OurService(error=LedgerUnavailable, answers_half=True),
    # An index lags behind its table.
    ("ledger", "due"): OurService(error=LedgerUnavailable, answers_half=True),
    ("ledger", "waiting_in"): OurService(error=LedgerUnavailable, answers_half=True),
    ("ledger", "backlog"): OurService(error=LedgerUnavailable),
    ("ledger", "hold"): _TABLE,
    ("ledger", "change_holds"): _TABLE,
    ("ledger", "let_go"): _TABLE,
    ("ledger", "end_holds"): _TABLE,
    ("ledger", "open_channels"): _TABLE,
    ("template_versions", "keep"): _TABLE,
    ("people", "reserve"): _TABLE,
    ("people", "suppress"): _TABLE,
    ("notifications_topic", "publish"): OurService(answer=lambda _: set(), answers_in_part=True),
    ("parked", "park"): OurService(error=ParkingUnavailable),
    ("receipts", "applied_until"): _TABLE,
    ("receipt_logs", "find"): _TABLE,
    ("receipt_logs", "join"): _TABLE,
    ("receipt_logs", "change"): _TABLE,
    ("receipt_logs", "due"): OurService(error=LedgerUnavailable, answers_half=True),
    ("receipt_logs", "sent_since"): _TABLE,
    ("receipt_logs", "orphans"): OurService(error=LedgerUnavailable, answers_half=True),
    ("adjustments", "adjusted"): _TABLE,
    ("accounts", "draw"): _TABLE,
    ("accounts", "give_back"): OurService(error=LedgerUnavailable, once=True),
    ("accounts", "read"): _TABLE,
    ("accounts", "change"): _TABLE,
    ("work_queues", "waiting"): OurService(error=QueueUnavailable),
    ("buckets", "find"): _TABLE,
    ("buckets", "open"): _TABLE,
    ("buckets", "draw"): _TABLE,
    ("buckets", "learn"): _TABLE,
    ("buckets", "cap"): _TABLE,
    ("send_quotas", "send_quota"): OurService(error=ProviderUnavailable),
    ("reputations", "reputation"): OurService(error=ProviderUnavailable),
    ("route_probes", "answering"): OurService(answer=lambda _: set(), answers_in_part=True),
    ("provider", "send"): Sending(),
    ("sns", "publish"): ProviderCall(),
    ("ses", "send_email"): ProviderCall(),
    # What we fail to say about a message's return, the queue's own time-out says.
    ("visibility", "delay"): OurService(answer=lambda *_: None),
    ("rollups", "known"): _TABLE,
    # What was not carried out, or was and is not known to be, is read and tried again.
    ("rollups", "commit"): OurService(answer=lambda asked: [False] * len(asked)),
}
"""How each call fails, by port and method."""

_OUR_TIME_OUT = timedelta(seconds=5)
_OUR_ATTEMPTS = 3
_PROVIDER_TIME_OUT = timedelta(seconds=10)


def throttled() -> ClientError:
    """Return what SNS and SES raise when they take nothing for now."""
    return _client_error("ThrottlingException", 429, "Rate exceeded")


def sending_paused() -> ClientError:
    """Return what SES raises while somebody has paused the account's sending."""
    return _client_error("SendingPausedException", 400, "Email sending is disabled.")


def server_error() -> ClientError:
    """Return what they raise when something broke on their side, which says nothing."""
    return _client_error("InternalError", 500, "We encountered an internal error")


def refusal(channel: Channel, recipient: str) -> ClientError:
    """Return what they raise when they will never take a message; their text quotes its recipient."""
    code = "InvalidParameter" if channel is Channel.SMS else "MessageRejected"
    return _client_error(code, 400, f"{recipient} is not valid")


def timed_out() -> ReadTimeoutError:
    """Return what botocore raises when no answer came."""
    return ReadTimeoutError(endpoint_url="https://provider.example.com/")


def _client_error(code: str, status: int, text: str) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": text}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "Send",
    )


def _every_other(batch: Any) -> Any:
    if isinstance(batch, Mapping):
        return dict(list(batch.items())[::2])
    if isinstance(batch, str) or not isinstance(batch, Sequence):
        return batch
    return batch[::2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One call of the scenario, and what it is to meet."""

    number: int
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One numbered call: which function made it, on what, with how many."""

    number: int
    function: str
    port: str
    method: str
    size: int
    kinds: tuple[Fault, ...] = field(repr=False)

    @property
    def kind(self) -> tuple[str, str, str, int]:
        """What makes it differ from other calls: the function, the method, with how many."""
        return self.function, self.port, self.method, self.size

    def __str__(self) -> str:
        return f"#{self.number:<4} {self.function:<14} {self.port}.{self.method}({self.size})"
