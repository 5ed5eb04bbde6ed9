"""Decide about new events and store each decision. Used by `relay_orders`."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from ordercast.decisions.audience import Policy, audience_of, recipient_of
from ordercast.decisions.decision import Decision, Verdicts
from ordercast.decisions.drafting import latest_statuses
from ordercast.decisions.inbound_event import InboundEvent
from ordercast.decisions.lookup import DecisionKey, LatestStatusKey, LookupResult
from ordercast.events.identity import notification_id
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.status_rank import LatestStatus, raise_latest_statuses
from ordercast.sending.send_rules import capped, decide
from ordercast.workflows.ports import DecisionsAndRows
from ordercast.workflows.reserve_caps import ReserveCaps

Bugs = dict[DecisionKey, Exception]
"""The exception that a pure step raised for an event."""


class RecordDecisions(Struct, frozen=True, kw_only=True):
    """Decide, reserve caps, and store each decision before anything is done about it.

    An exception while deciding concerns its event alone, and no decision is stored for it.
    """

    ledger: DecisionsAndRows
    reserve_caps: ReserveCaps
    policy: Policy

    def __call__(
        self, inbound_events: Iterable[InboundEvent], found: LookupResult, *, now: datetime
    ) -> tuple[dict[DecisionKey, Decision], Bugs]:
        """Return the stored decision for each, ours or that of a faster batch; and the bugs."""
        verdicts, bugs = self._decide(inbound_events, found, now)
        decided = [each for each in inbound_events if each.key in verdicts]
        refused = self.reserve_caps(
            self._requests(decided, verdicts, found, now), found.people, now=now
        )
        decisions = [
            Decision(
                order=each.key[0],
                event=each.key[1],
                verdicts=capped(each.event, verdicts[each.key], refused),
                fingerprint=each.fingerprint,
                position=each.record.position,
                accepted_at=now,
                expires_at=now + self.policy.retention,
                notes=tuple(note.without_help() for note in each.event.notes),
            )
            for each in decided
        ]
        return {
            (each.order, each.event): each for each in self.ledger.record_decisions(decisions)
        }, bugs

    def _decide(
        self, inbound_events: Iterable[InboundEvent], found: LookupResult, now: datetime
    ) -> tuple[dict[DecisionKey, Verdicts], Bugs]:
        """Decide in the stream's order: an event sees the latest statuses of those before it."""
        known: dict[LatestStatusKey, LatestStatus] = dict(found.latest_statuses)
        verdicts: dict[DecisionKey, Verdicts] = {}
        bugs: Bugs = {}
        for each in inbound_events:
            order = each.key[0]
            try:
                verdicts[each.key] = decide(
                    each.event,
                    audience_of(each.event, found.people),
                    {c: known[order, c] for c in Channel if (order, c) in known},
                    policy=self.policy,
                    now=now,
                )
            except Exception as error:  # noqa: BLE001 - a bug in one event must not sink its neighbours
                bugs[each.key] = error
                continue
            news = latest_statuses(each.event, order, verdicts[each.key], accepted_at=now)
            raise_latest_statuses(known, news)
        return verdicts, bugs

    def _requests(
        self,
        inbound_events: Iterable[InboundEvent],
        verdicts: Mapping[DecisionKey, Verdicts],
        found: LookupResult,
        now: datetime,
    ) -> dict[str, dict[str, datetime]]:
        """Return the notifications to reserve for each person, with the instant each is due."""
        requests: dict[str, dict[str, datetime]] = {}
        for each in inbound_events:
            audience = audience_of(each.event, found.people)
            for channel, verdict in verdicts[each.key].items():
                to = recipient_of(each.event, channel, audience, policy=self.policy)
                if to and verdict.state is not State.SUPPRESSED:
                    due = requests.setdefault(audience.cap_person(to), {})
                    due[notification_id(each.event, channel)] = verdict.until or now
        return requests
