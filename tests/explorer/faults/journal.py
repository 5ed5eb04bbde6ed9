"""Record what truly happened: calls, effects, decisions and receipts. Used by the stage and the checks."""

import json
import traceback
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec.structs import replace

from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import DecisionKey, LatestStatusKey, LookupResult
from ordercast.events.identity import order_of
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus
from ordercast.pacing.holds import Hold, Holds, Why, closed_routes
from ordercast.sending.claim import Claim, ClaimStatus
from tests.explorer.faults.points import Crash


class Report(StrEnum):
    """What the pipeline could know of a call afterwards."""

    TAKEN = "taken"
    CERTAINLY_NOT = "certainly not"
    UNKNOWN = "unknown"


@dataclass(slots=True, kw_only=True)
class ProviderCall:
    """One call of a provider, as the provider saw it; `owner` is whose claim it was made under.

    What was taken and `not_sent` is so by the account's trouble, and its receipt says that; what was `given_up`
    could not reach its phone, by its receipt. With
    `back_pressure` the provider judged nothing.
    """

    row: Notification
    owner: str
    at: datetime
    happened: bool = False
    reported: Report = Report.UNKNOWN
    has_receipt: bool = False
    not_sent: bool = False
    given_up: bool = False
    back_pressure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReceipt:
    """One receipt as its provider gave it, and whose message it is about."""

    row: Notification
    message_id: str
    body: str


@dataclass(slots=True, kw_only=True)
class Invocation:
    """One run of a function; `owners` are the tokens that it claimed under.

    `read` is how new the newest accepted statuses were when it first read anything, `delivered` which
    messages the ledger then knew to have arrived, `asked_for` what operators had paused when it last read the holds,
    `closed` which routes; `into_outages` are its calls on each where nothing listened.
    """

    function: str
    owners: list[str] = field(default_factory=list)
    crashed: bool = False
    read: dict[LatestStatusKey, int] | None = None
    delivered: frozenset[str] = frozenset()
    asked_for: tuple[Hold, ...] = ()
    closed: Mapping[str, Hold] = field(default_factory=dict)
    into_outages: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Journal:
    """Written by the fakes' edges, read by the checker.

    In doubt, each with its owner, is what was settled as `unknown` and what `lapsed`; `answers`
    are those that claims were given; `asked_for` are the holds that operators have set, by their
    id, as far as their commands have said so, and the stop for reputation.
    """

    calls: list[ProviderCall] = field(default_factory=list)
    sent_receipts: list[SentReceipt] = field(default_factory=list)
    invocations: list[Invocation] = field(default_factory=list)
    unknown: set[tuple[str, str]] = field(default_factory=set)
    lapsed: set[tuple[str, str]] = field(default_factory=set)
    answers: set[ClaimStatus] = field(default_factory=set)
    drafts: dict[str, set[tuple[State, str | None]]] = field(
        default_factory=lambda: defaultdict(set)
    )
    decisions: dict[DecisionKey, list[Decision]] = field(default_factory=lambda: defaultdict(list))
    accepted: dict[LatestStatusKey, int] = field(default_factory=dict)
    asked_for: dict[str, Hold] = field(default_factory=dict)
    delivered: set[str] = field(default_factory=set)
    breaks: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    metrics: list[str] = field(default_factory=list)
    bugs: list[str] = field(default_factory=list)
    running: list[Invocation] = field(default_factory=list)

    def begin(self, function: str) -> Invocation:
        """Note that a function begins."""
        invocation = Invocation(function=function)
        self.invocations.append(invocation)
        self.running.append(invocation)
        return invocation

    def end(self, error: BaseException | None) -> None:
        """Note how the last one that began has ended; what is raised ends up in its log."""
        invocation = self.running.pop()
        if isinstance(error, Crash):
            invocation.crashed = True
        elif error is not None:
            text = "".join(traceback.format_exception(error))
            self.said.append(text)
            self.bugs.append(f"{invocation.function}: {type(error).__name__}: {error}")

    def owner(self, token: str) -> str:
        """Note under which token the running function claims."""
        if self.running:
            self.running[-1].owners.append(token)
        return token

    def note_read(self) -> None:
        """Note what was accepted by the time that the running function reads."""
        if self.running and self.running[-1].read is None:
            self.running[-1].read = dict(self.accepted)
            self.running[-1].delivered = frozenset(self.delivered)

    def note_holds_read(self, before: Mapping[str, Hold]) -> None:
        """Note what was paused while the running function read the holds: *before* it, and still."""
        if self.running:
            still = before.keys() & self.asked_for.keys()
            self.running[-1].asked_for = tuple(before[each] for each in sorted(still))

    def holds_read(self) -> tuple[Hold, ...]:
        """Return the pauses that the running function must know of."""
        return self.running[-1].asked_for if self.running else ()

    def closed_read(self) -> Mapping[str, Hold]:
        """Return the routes that the running function has read to be closed, and by which hold."""
        return self.running[-1].closed if self.running else {}

    def newest_read(self, row: Notification) -> int:
        """Return how new the newest status is that the running function can have read of.

        For a fallback that of either channel counts.
        """
        read = (self.running[-1].read if self.running else None) or {}
        channels = Channel if row.fallback_for else (row.channel,)
        return max(read.get((order_of(row.id), each), 0) for each in channels)

    def is_delivered_read(self, notification_id: str | None) -> bool:
        """Tell whether the running function can have read that a message has arrived."""
        return bool(self.running) and notification_id in self.running[-1].delivered

    def crashed_owners(self) -> set[str]:
        """Return the tokens of functions that were ended."""
        return {owner for each in self.invocations if each.crashed for owner in each.owners}

    def calls_of(self, notification_id: str) -> list[ProviderCall]:
        """Return the provider's calls for one notification, in order."""
        return [call for call in self.calls if call.row.id == notification_id]


@dataclass(slots=True)
class Log:
    """A function's log, kept as it would be written."""

    journal: Journal

    def info(self, slug: str, extra: Mapping[str, Any] | None = None) -> None:
        self._keep(slug, extra)

    def warning(self, slug: str, extra: Mapping[str, Any] | None = None) -> None:
        self._keep(slug, extra)

    def error(self, slug: str, extra: Mapping[str, Any] | None = None) -> None:
        self._keep(slug, extra)

    def exception(self, slug: str, extra: Mapping[str, Any] | None = None) -> None:
        self._keep(slug, extra)
        self.journal.said.append(traceback.format_exc())

    def _keep(self, slug: str, extra: Mapping[str, Any] | None) -> None:
        self.journal.said.append(f"{slug} {json.dumps(extra or {}, default=str)}")


@dataclass(slots=True)
class WitnessedLedger:
    """A ledger that notes what it is asked and what it answers."""

    inner: Any
    journal: Journal

    def look_up(self, wanted: Any) -> LookupResult:
        self.journal.note_read()
        paused = dict(self.journal.asked_for)
        found: LookupResult = self.inner.look_up(wanted)
        if wanted.holds:
            self.journal.note_holds_read(paused)
            if self.journal.running:
                self.journal.running[-1].closed = closed_routes(found.holds)
        for key, decision in found.decisions.items():
            self._note(key, decision)
        # A set of keys has another order in each process; the calls that follow are to have one.
        rows = sorted(found.notifications.values(), key=lambda row: (row.effective_at, row.id))
        return replace(found, notifications={row.id: row for row in rows})

    def record_decisions(self, decisions: Sequence[Decision]) -> list[Decision]:
        stored: list[Decision] = self.inner.record_decisions(decisions)
        for decision in stored:
            self._note((decision.order, decision.event), decision)
        return stored

    def accept(
        self, notifications: Sequence[Notification], latest_statuses: Sequence[LatestStatus]
    ) -> list[Notification]:
        for row in notifications:
            # A fallback that comes later is no part of a decision: it is decided when it comes.
            if row.ages_from is None:
                self.journal.drafts[row.id].add((row.state, row.rule))
        entered: list[Notification] = self.inner.accept(notifications, latest_statuses)
        for latest_status in latest_statuses:
            key = latest_status.order, latest_status.channel
            self.journal.accepted[key] = max(
                self.journal.accepted.get(key, 0), latest_status.status_rank
            )
        return entered

    def hold(self, holds: Sequence[Hold]) -> Holds:
        kept: Holds = self.inner.hold(holds)
        # What is stopped for its reputation stays so until an operator's word.
        self.journal.asked_for |= {h.id: h for h in holds if h.why is Why.REPUTATION}
        return kept

    def claim(self, requests: Sequence[Any], **named: Any) -> dict[str, Claim]:
        claims: dict[str, Claim] = self.inner.claim(requests, **named)
        self.journal.answers |= {claim.status for claim in claims.values()}
        return claims

    def settle(self, settlements: Sequence[Any]) -> None:
        for each in settlements:
            if each.outcome.state is State.IN_DOUBT:
                self.journal.unknown.add((each.notification.id, each.owner))
        self.inner.settle(settlements)

    def change(self, changes: Sequence[tuple[Notification, Notification]]) -> set[str]:
        changed: set[str] = self.inner.change(changes)
        self.journal.delivered |= {n.id for _, n in changes if n.id in changed and n.delivered_at}
        for seen, new in changes:
            if seen.state is State.SENDING and new.state is State.IN_DOUBT and new.id in changed:
                self.journal.lapsed.add((new.id, seen.owner or ""))
            if new.id in changed and _is_ended_by_an_earlier_try(seen, new):
                about = f"{new.order.order_id} {new.channel}"
                self.journal.breaks.append(
                    f"P3: {about}: its claim ended by word of an earlier try"
                )
        return changed

    def __getattr__(self, method: str) -> Any:
        return getattr(self.inner, method)

    def _note(self, key: DecisionKey, decision: Decision) -> None:
        if decision not in self.journal.decisions[key]:
            self.journal.decisions[key].append(decision)


def _is_ended_by_an_earlier_try(seen: Notification, new: Notification) -> bool:
    """Tell whether a claim of a text that was sent before ended, and nothing is known of its own message."""
    ended = seen.state is State.SENDING and new.state in {State.FAILED, State.FAILED_FOR_NOW}
    return ended and seen.messages.keys() == new.messages.keys()
