"""Define the safeguards of relaying and of the send rules, and the functions without each. Used by `test_safeguards`."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.errors import ParkingUnavailable
from ordercast.events.order_event import Channel
from ordercast.events.stream_record import ParkedRecord
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus
from ordercast.people.person import AGREED
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.event_sources.queues import Event
from tests.explorer.faults.points import Fault
from tests.explorer.safeguards.definition import Around, Safeguard, below


class _WithoutDecisions(Around):
    """Keeps the last decision only, and shows none."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, decisions={})

    def record_decisions(self, decisions: Sequence[Decision]) -> list[Decision]:
        self.inner.decisions.update(
            {(decision.order, decision.event): decision for decision in decisions}
        )
        return list(decisions)


class _WithoutLatestStatuses(Around):
    """Shows no latest status."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, latest_statuses={})


class _Forgetful(Around):
    """Shows nobody's record."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, people={})


class _Fans(Around):
    """Shows everybody on record as somebody who agreed to promotional messages."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        agreed = dict.fromkeys(Channel, AGREED)
        people = {k: replace(p, promotions=agreed) for k, p in found.people.items()}
        return replace(found, people=people)


class _Wakeful(Around):
    """Shows nobody's quiet hours."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, people={k: replace(p, quiet=None) for k, p in found.people.items()})


class _NewOnly(Around):
    """Answers only what was entered just now."""

    def accept(
        self, notifications: Sequence[Notification], latest_statuses: Sequence[LatestStatus]
    ) -> list[Notification]:
        new = {n.id for n in notifications} - self.inner.rows.keys()
        return [row for row in self.inner.accept(notifications, latest_statuses) if row.id in new]


class _Careless(Around):
    """Lets go of what could not be parked."""

    def park(self, records: Sequence[ParkedRecord]) -> None:
        try:
            self.inner.park(records)
        except ParkingUnavailable:
            return


def _from_the_highest(event: Event, answer: Any) -> Any:
    """Answer a stream with its last record wherever an earlier one was to come again."""
    failed = (answer or {}).get("batchItemFailures")
    last = event["Records"][-1] if event.get("Records") else {}
    if not failed or "kinesis" not in last:
        return answer
    return {"batchItemFailures": [{"itemIdentifier": last["kinesis"]["sequenceNumber"]}]}


RELAY = "order relay"

SAFEGUARDS_OF_DECIDING = (
    Safeguard(
        name="event decision",
        without=below(_WithoutDecisions),
        breaks="decisions stood for one event",
    ),
    Safeguard(
        name="event decision for ever",
        without=below(_WithoutDecisions),
        breaks="after it had expired",
    ),
    Safeguard(
        name="republish of what is still requested",
        without=lambda: Fitting(ledger=_NewOnly, sweeps=False),
        kept=lambda: Fitting(sweeps=False),
        function=RELAY,
        call=("ledger", "accept"),
        fault=Fault.CRASH_AFTER,
        breaks="stuck as requested",
    ),
    Safeguard(
        name="lowest-sequence answer",
        without=lambda: Fitting(answer=_from_the_highest),
        function=RELAY,
        call=("ledger", "record_decisions"),
        fault=Fault.THROTTLED,
        breaks="is lost",
    ),
    Safeguard(
        name="parking",
        without=lambda: Fitting(parked=_Careless),
        function=RELAY,
        call=("parked", "park"),
        fault=Fault.THROTTLED,
        breaks="is unusable, and lost",
    ),
    Safeguard(
        name="latest status at the claim",
        without=lambda: Fitting(sender_ledger=_WithoutLatestStatuses),
        breaks="after something newer was accepted",
    ),
    Safeguard(
        name="consent at the claim",
        without=lambda: Fitting(sender_ledger=_Forgetful),
        breaks="for somebody who refuses",
    ),
    Safeguard(
        name="consent to promotions at the claim",
        without=lambda: Fitting(sender_ledger=_Fans),
        breaks="o-review-no-fan email: called for somebody who refuses",
    ),
    Safeguard(
        name="consent to promotions when it is decided, and at the claim",
        without=lambda: Fitting(relay_ledger=_Fans, sender_ledger=_Fans),
        kept=lambda: Fitting(relay_ledger=_Fans),
        breaks="o-review-no email: called without consent",
    ),
    Safeguard(
        name="quiet hours at the claim",
        without=lambda: Fitting(sender_ledger=_Wakeful),
        breaks="called in somebody's quiet hours",
    ),
)
