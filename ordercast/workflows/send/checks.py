"""Ask the send rules and render, before anything is claimed. Used by `workflows.send_messages`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from ordercast.budgets.budget import Limits
from ordercast.budgets.draws import Exceeded
from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.decisions.usable_addresses import COUNTRY_CLOSED
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import held, hold_of
from ordercast.pacing.restoring import fenced
from ordercast.people.person import people_for
from ordercast.people.quiet_policy import QuietPolicy
from ordercast.rollups.budget_holds import hold_for, the_least_of_each
from ordercast.sending.backoff import MAX_ATTEMPTS, backoff
from ordercast.sending.claim import ClaimRequest, needed_for
from ordercast.sending.outcome import Outgoing
from ordercast.sending.routes import Route, RouteChoice
from ordercast.sending.send_rules import (
    SendWithin,
    back_pressured,
    block_reason,
    bug_name,
    deferred,
    expires_at,
    latest_status_keys_of,
    quiet_until_for,
    suppressed,
    unsendable,
)
from ordercast.templates.words import Words
from ordercast.workflows.ports import Clock, Ledger, RowChange
from ordercast.workflows.send.breakers import Breakers
from ordercast.workflows.send.sent import Sent
from ordercast.workflows.send.template_versions import KeepVersions

Ready = tuple[Outgoing, ClaimRequest]
"""A rendered notification, and the claim to request for it."""

OVER_BUDGET = timedelta(hours=1)
"""Until a message over its budget is tried again, where there is no place for another hold."""


ROUTE_OPENS = timedelta(minutes=1)
"""Until a message is looked at again while none of its routes is open, and no hold says so."""


class Checked(NamedTuple):
    """What of a wave may be sent and on which route, the budgets as they were read with it, and what takes another route."""

    route: Route
    ready: list[Ready]
    limits: Limits
    moved: list[Notification]


Routed = tuple[Notification, RouteChoice]
"""A notification, and the route that it takes."""

Cost = Callable[[Notification, Words], ClaimRequest | None]
"""Return the claim request of a notification: its parts and price; None if its country is closed."""

Failed = list[tuple[Notification, Exception]]


class Checks(Struct, frozen=True, kw_only=True):
    """Decide which notifications of a wave may be sent, and render them."""

    ledger: Ledger
    words: Callable[[Notification], Words]
    keep_versions: KeepVersions
    cost: Cost
    breakers: Breakers
    send_within: SendWithin
    quiet: QuietPolicy
    chance: Callable[[], float]
    now: Clock

    def __call__(
        self, wave: Sequence[Notification], route: Route, received: Mapping[str, int], sent: Sent
    ) -> Checked:
        """Suppress, defer or hold what may not be sent, back off what fails; return what takes one route.

        That is *route*, if any takes it by what is known now.
        """
        failed: Failed = []
        found = self._known(wave)
        self.breakers.read(found)
        allowed = self.breakers.elected(self._allowed(wave, found, sent, failed))
        chosen = self._routed(allowed, sent)
        taken = [choice.route for _, choice in chosen]
        route = route if route in taken or not taken else taken[0]
        routed = [each for each in chosen if each[1].route == route]
        moved = [row for row, choice in chosen if choice.route != route]
        ready = self._rendered(routed, found, sent, failed)
        self._hold_back(failed, received, sent)
        self.keep_versions(each.words for each, _ in ready)
        return Checked(route, ready, found.limits, moved)

    def hold_over(
        self, over: Mapping[str, Exceeded], rows: Iterable[Notification], sent: Sent
    ) -> None:
        """Hold back each of *rows* that is *over* a budget, by id, and what else the budget covers.

        Where no place is left for its hold, a message waits by itself, and is tried again later.
        """
        now = self.now()
        wanted = {row.id: hold_for(row, over[row.id], now=now) for row in rows if row.id in over}
        if not wanted:
            return
        holding = {each.id for each in self.ledger.hold(the_least_of_each(wanted.values()))}
        changes: list[RowChange] = []
        for row in (row for row in rows if row.id in wanted):
            hold, until = wanted[row.id], expires_at(row, self.send_within(row))
            if hold.id in holding:
                changes.append((row, held(row, hold, until=until)))
            else:
                until = min(until, now + OVER_BUDGET)
                changes.append((row, replace(held(row, hold, until=until), held_by=None)))
        self.ledger.change(changes)
        sent.settled.update(new.state for _, new in changes)

    def _known(self, wave: Sequence[Notification]) -> LookupResult:
        """Read for each wave anew, so that a hold during the batch takes effect."""
        latest_statuses = frozenset(key for row in wave for key in latest_status_keys_of(row))
        return self.ledger.look_up(
            LookupKeys(
                latest_statuses=latest_statuses,
                people=frozenset(key for row in wave for key in people_for(row)),
                # Those in whose place a fallback goes: one may have been delivered since.
                notifications=frozenset(row.fallback_for for row in wave if row.fallback_for),
                holds=True,
                budgets=True,
                route_scores=self.breakers.routes.by_cost is not None,
            )
        )

    def _allowed(
        self, wave: Iterable[Notification], found: LookupResult, sent: Sent, failed: Failed
    ) -> list[Notification]:
        now = self.now()
        allowed: list[Notification] = []
        changes: list[RowChange] = []
        for row in wave:
            if behind := fenced(row, found.holds, now=now):
                changes.append((row, behind))
                continue
            try:
                within = self.send_within(row)
                rule = block_reason(row, found, send_within=within, now=now)
                quiet_until = quiet_until_for(row, found, policy=self.quiet, now=now)
            except Exception as error:  # noqa: BLE001 - a bug in one row must not sink its neighbours
                failed.append((row, error))
                continue
            if rule:
                changes.append((row, suppressed(row, rule, at=now)))
            elif quiet_until:
                changes.append((row, deferred(row, until=quiet_until, at=now)))
            elif hold := hold_of(row, found.holds):
                changes.append((row, held(row, hold, until=expires_at(row, within))))
            else:
                allowed.append(row)
        # If another sender was faster, its row stays; either way nothing is sent from here.
        self.ledger.change(changes)
        sent.settled.update(new.state for _, new in changes)
        return allowed

    def _routed(self, rows: Iterable[Notification], sent: Sent) -> list[Routed]:
        """Choose the route of each; return those that have one.

        What has no open route waits behind the hold that closes it, or where none could be written,
        by itself for a while. Neither is an attempt.
        """
        routed: list[Routed] = []
        waits: list[RowChange] = []
        for row in rows:
            choice = self.breakers.choose(row)
            if choice is None:
                hold, until = self.breakers.hold_of(row), expires_at(row, self.send_within(row))
                behind = held(row, hold, until=until) if hold else None
                opens = self.now() + ROUTE_OPENS
                waits.append((row, behind or back_pressured(row, until=opens)))
            else:
                routed.append((row, choice))
        self.ledger.change(waits)
        sent.settled.update(new.state for _, new in waits)
        return routed

    def _rendered(
        self, routed: Iterable[Routed], found: LookupResult, sent: Sent, failed: Failed
    ) -> list[Ready]:
        """Render and price before any claim: a template that fails leaves nothing claimed.

        Only then is it known whether a hold for money covers a row.
        """
        ready: list[Ready] = []
        ended: list[RowChange] = []
        for row, choice in routed:
            try:
                chosen = replace(row, route=self.breakers.routes.pinned(choice.route))
                words = self.words(chosen)
                request = self.cost(chosen, words)
            except Exception as error:  # noqa: BLE001 - a bug in one template must not sink its neighbours
                failed.append((row, error))
                continue
            if request is None:
                ended.append((row, suppressed(row, COUNTRY_CLOSED, at=self.now())))
            elif hold := hold_of(row, found.holds, amount=needed_for(row, request)):
                ended.append((row, held(row, hold, until=expires_at(row, self.send_within(row)))))
            else:
                request = replace(
                    request,
                    template_version=words.version,
                    route=chosen.route,
                    route_reason=choice.noted,
                )
                ready.append((Outgoing(notification=row, words=words), request))
        self.ledger.change(ended)
        sent.settled.update(new.state for _, new in ended)
        return ready

    def _hold_back(self, failed: Failed, received: Mapping[str, int], sent: Sent) -> None:
        """Back off what failed with a bug, by its SQS receive count; park it at the twelfth.

        The ledger counts provider calls only, and there was none.
        """
        last: list[RowChange] = []
        noted: list[RowChange] = []
        for row, error in failed:
            sent.bugs.append(bug_name(error))
            times, end = received[row.id], unsendable(row, error, at=self.now())
            if times < MAX_ATTEMPTS:
                sent.retry[row.id] = backoff(times, chance=self.chance())
                # Said from the first time on, so that `status` tells what it waits for.
                noted += [(row, replace(row, rule=end.rule))] * (row.rule != end.rule)
            else:
                last.append((row, end))
        changed = self.ledger.change([*noted, *last])
        sent.settled.update(new.state for row, new in last if row.id in changed)
