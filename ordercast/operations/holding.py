"""Hold messages back and let them go, and keep it in the audit trail. Used by `ordercast pause`, `resume` and the console."""

from collections.abc import Sequence
from datetime import UTC, datetime

from ordercast.audit import Verb, of_many
from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.operations.acts import audited
from ordercast.operations.caller import caller_on
from ordercast.operations.target import Target
from ordercast.operations.units import count
from ordercast.pacing.holds import PLACES, Hold, Scope, Why
from ordercast.pacing.opening import opened
from ordercast.usage_error import UsageError


def checked(scope: Scope) -> Scope:
    """Return *scope*; raises `UsageError` for one that would cover nothing: no e-mail has a country here."""
    channel = scope.channel
    if scope.country and channel and CHANNELS[channel].contact != "phone":
        raise UsageError("country: only texts have one", hint="pause e-mails without it")
    return scope


def hold_back(where: Target, scope: Scope, *, reason: str) -> Hold:
    """Hold back what *scope* covers; raises `UsageError` where no more pauses fit."""
    now = datetime.now(UTC)
    hold = Hold(why=Why.PAUSED, scope=scope, by=caller_on(where), since=now, reason=reason)
    with audited(where, Verb.PAUSE, hold.id, reason=reason) as doing:
        if hold.id not in {each.id for each in where.ledger().hold([hold])}:
            full = f"{PLACES[Why.PAUSED]} pauses are set, and no more fit"
            raise UsageError(full, hint="let some go: resume")
        doing.outcome = "held back"
    return hold


def closed_channels(chosen: Sequence[Hold], *, reason: str) -> list[Channel]:
    """Return the channels among *chosen* that were never opened; raises `UsageError` for what is not let go so."""
    if any(each.why is Why.RESTORED for each in chosen):
        raise UsageError("a restored ledger holds these back", hint="ordercast restore release")
    closed = [Channel(str(e.scope.channel)) for e in chosen if e.why is Why.UNOPENED]
    if closed and not reason:
        raise UsageError(
            "a channel is opened with a reason",
            hint='resume --why unopened --channel sms --reason "…"',
        )
    return closed


def let_go(where: Target, chosen: Sequence[Hold], *, reason: str) -> int:
    """Let go what *chosen* held back, and open what was never opened; answer how many messages waited."""
    closed, ids, now = closed_channels(chosen, reason=reason), [e.id for e in chosen], _now()
    if not ids:
        return 0
    ledger = where.ledger()
    waiting = sum(ledger.waiting(ids).values())
    with audited(where, Verb.OPEN if closed else Verb.RESUME, of_many(ids), reason=reason) as doing:
        ledger.let_go([each.id for each in chosen if each.why is not Why.UNOPENED], at=now)
        if closed:
            by = caller_on(where)
            ledger.open_channels(opened(closed, by=by, at=now, reason=reason))
        doing.outcome = f"{count(waiting, 'message')} let go"
    return waiting


def _now() -> datetime:
    return datetime.now(UTC)
