"""Check every promise on a stage where everything has come to rest. Used by the explorer."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache

from ordercast.decisions.decision import Decision
from ordercast.decisions.inbound_event import InboundEvent, read_inbound_event
from ordercast.events.envelope import open_envelope
from ordercast.events.identity import notification_id
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import joined
from ordercast.sending.resending import resend_ids
from ordercast.sending.send_rules import EXPIRED
from tests.explorer.checks.budgets import overdrawn
from tests.explorer.checks.calls import allowed_calls, one_route_in_doubt, true_doubts
from tests.explorer.checks.fallbacks import fallbacks
from tests.explorer.checks.lost_receipts import lost_receipts
from tests.explorer.checks.rollups import imbalance
from tests.explorer.checks.rows import all_rows, named
from tests.explorer.deployed.fitting import POLICY, RECEIPT_TIMEOUT
from tests.explorer.deployed.stage import Stage
from tests.explorer.faults.journal import ProviderCall, Report
from tests.explorer.orders import PERSONAL
from tests.explorer.scenario import AUTUMN

A_FEW_ROUNDS = timedelta(minutes=10)  # of the sweeper
AT_REST = frozenset(State) - {State.DEFERRED, State.REQUESTED, State.SENDING}
SENT = frozenset(
    {State.SENT, State.UNCONFIRMED, State.CARRIER_ACCEPTED, State.FAILED_FOR_NOW, State.DELIVERED}
)


def broken(stage: Stage) -> list[str]:
    """Return each broken promise in a line that begins with its number."""
    stage.audit()
    breaks = [line for check in _CHECKS for line in check(stage)]
    return sorted({*breaks, *stage.journal.breaks})


def _records(stage: Stage) -> Iterator[str]:
    """P1: each record is accepted, a duplicate or stale by its event's decision, or parked; not two."""
    for each in _parts(stage):
        if isinstance(each, ParkedRecord):
            where, payload = each.record.position, each.record.payload
            kept = stage.parked.kept.get(where)
            if kept is None:
                yield f"P1: record {where} is unusable, and lost"
            elif kept.record.payload != payload or not kept.reason:
                yield f"P1: record {where} is parked without its payload or reason"
            continue
        where = each.record.position
        decision = stage.ledger.decisions.get(each.key)
        parked = where in stage.parked.kept
        if decision is None and not parked:
            yield f"P1: record {where} ({each.event.order_id}) is lost"
        elif decision is not None and parked is not each.conflicts_with(decision):
            yield f"P1: record {where} ({each.event.order_id}) is parked wrongly, or not parked"
    for number in stage.stream.given_up:
        yield f"P1: record {number} was given up"


def _rows(stage: Stage) -> Iterator[str]:
    """P1: what a decision promises is there, and nothing else is: notifications = the sum of states."""
    events = {p.key: p for p in _parts(stage) if isinstance(p, InboundEvent)}
    promised = {
        notification_id(events[key].event, channel): verdict
        for key, decision in stage.ledger.decisions.items()
        if key in events and not decision.is_stale
        for channel, verdict in decision.verdicts.items()
    }
    there = all_rows(stage)
    for each in promised.keys() - there.keys():
        yield f"P1: notification {each} was promised and is not there"
    replacing = {row.fallback.id for row in there.values() if row.fallback}
    resends = {i for i, row in there.items() if row.resend_of in there}
    for each in there.keys() - promised.keys() - replacing - resends:
        yield f"P1: notification {named(there[each])} is there and was never promised"
    for each in resends:
        first = there[there[each].resend_of or ""]
        if each not in list(resend_ids(first.id).values())[: first.last_resend]:
            yield f"P12: {named(there[each])} is not linked to what it was sent again for"
    for each in stage.ended.keys() & stage.ledger.rows.keys():
        yield f"P2: {named(there[each])} was entered again after it had expired"


def _words(stage: Stage) -> Iterator[str]:
    """P1: whatever was claimed can be rendered again, from what is stored."""
    for row in all_rows(stage).values():
        version = row.template_version
        if version and version not in stage.template_versions.stored:
            yield f"P1: {named(row)} was made from {version}, which is not stored"
        if row.state is State.SENT and not version:
            yield f"P1: nobody knows what {named(row)} was made from"


def _rest(stage: Stage) -> Iterator[str]:
    """P1: nothing is stuck, in the ledger, in a queue or in a circle."""
    if stage.circling:
        yield "P1: it never comes to rest"
    for row in all_rows(stage).values():
        if row.state not in AT_REST:
            yield f"P1: {named(row)} is stuck as {row.state}"
    for name, queue in stage.queues.items():
        if name != "receipts" and queue.dead:
            yield f"P1: {len(queue.dead)} messages of {name} were given up"
    for bug in stage.journal.bugs:
        # What a function cannot go on from fails it, and a later one goes on: no bug of ours.
        if "injected: " not in bug:
            yield f"P10: {bug}"


def _holds(stage: Stage) -> Iterator[str]:
    """P1: no hold outlasts its use, and nothing expires but behind the pause that is too long."""
    for hold in stage.ledger.holds:
        if not hold.is_active:
            yield f"P1: {hold.id} was let go, and is still there"
    for row in all_rows(stage).values():
        if row.rule == EXPIRED and not AUTUMN.scope.covers(row):
            yield f"P1: {named(row)} expired, and could have been sent"


def _decisions(stage: Stage) -> Iterator[str]:
    """P2: one decision an event, and every delivery obeys it."""
    for decisions in stage.journal.decisions.values():
        if len(decisions) > 1:
            yield f"P2: {len(decisions)} decisions stood for one event, at {_positions(decisions)}"
    for each, drafts in stage.journal.drafts.items():
        if len(drafts) > 1:
            yield f"P2: {each} was decided differently: {sorted(map(str, drafts))}"


def _ends(stage: Stage) -> Iterator[str]:
    """Every end is true: who is said to have been sent something was, and nobody else."""
    for row in all_rows(stage).values():
        made = stage.journal.calls_of(row.id)
        happened = any(call.happened for call in made)
        open_ = any(call.reported is Report.UNKNOWN for call in made)
        if row.state in SENT and not happened:
            yield f"P1: {named(row)} is {row.state}, and nothing went out"
        if row.state is State.SUPPRESSED and made and (happened or open_):
            yield f"P1: {named(row)} is suppressed, and something may have gone out"
        if row.state in {State.FAILED, State.PARKED} and happened and not _has_receipt(made):
            yield f"P1: {named(row)} is {row.state}, and something went out"


def _receipts(stage: Stage) -> Iterator[str]:
    """P4: what was said of a message that the ledger knows is on it, whoever came first."""
    known = {i: row for row in all_rows(stage).values() for i in row.messages}
    for message in stage.queues["receipts"].dead:
        for message_id in known:
            if f'"{message_id}"' in message.body:
                yield f"P4: the receipt of {message_id} was given up, and the ledger knows it"
    for receipt_log in stage.receipt_logs.kept.values():
        row = known.get(receipt_log.message_id)
        if row is None:
            continue
        there = row.messages[receipt_log.message_id]
        if receipt_log.receipt_events and receipt_log.notification_id is None:
            yield f"P4: the receipt of {receipt_log.message_id} found nobody, and the ledger knows it"
        elif joined([there, receipt_log.message], row.channel) != there:
            yield f"P4: what is said of {receipt_log.message_id} is not on the ledger"
    yield from lost_receipts(stage.journal, stage.receipt_logs.kept, all_rows(stage))


def _receipt_timeout(stage: Stage) -> Iterator[str]:
    """P4: a message whose receipt never comes is closed as unconfirmed."""
    over = stage.clock() - RECEIPT_TIMEOUT - A_FEW_ROUNDS
    for row in all_rows(stage).values():
        if row.state is State.SENT and row.sent_at and row.sent_at < over:
            yield f"P4: {named(row)} waits for a receipt that never comes"


def _rollups(stage: Stage) -> Iterator[str]:
    """P5: what was counted is what the ledger says, of every row that there ever was."""
    for number in stage.changes.given_up:
        yield f"P5: change {number} of the ledger was given up"
    yield from imbalance(stage.rollups, all_rows(stage).values())


def _budgets(stage: Stage) -> Iterator[str]:
    """P7: money was reserved before it was spent, and every account has used what was charged."""
    yield from overdrawn(stage.accounts, all_rows(stage).values(), stage.ledger.limits)


def _back_pressure(stage: Stage) -> Iterator[str]:
    """P11: no two messages go out in one slot, and only what the provider judged is an attempt."""
    for key in stage.buckets.doubled:
        yield f"P11: two draws of one slot of {key}"
    # A claim that lapses may have been called for: it stays an attempt.
    lapsed = {each for each, _ in stage.journal.lapsed}
    for row in all_rows(stage).values():
        judged = sum(not call.back_pressure for call in stage.journal.calls_of(row.id))
        if row.id not in lapsed and row.attempts > judged:
            yield f"P11: {named(row)} counts {row.attempts} attempts, and {judged} were judged"


def _privacy(stage: Stage) -> Iterator[str]:
    """P9: no recipient and no name in logs, reasons, exceptions or on the topic."""
    said = {
        "a log or an exception": "\n".join(stage.journal.said).lower(),
        "a metric": "\n".join(stage.journal.metrics).lower(),
        "the topic": "\n".join(stage.topic.bodies).lower(),
        "a reason": "\n".join(
            [str(row.rule) for row in all_rows(stage).values()]
            + [f"{each.reason} {each.detail}" for each in stage.parked.kept.values()]
        ).lower(),
        "a decision": "\n".join(map(str, stage.ledger.decisions.values())).lower(),
    }
    for where, text in said.items():
        if any(personal in text for personal in PERSONAL):
            yield f"P9: {where} tells who somebody is"


_CHECKS = (
    _records,
    _rows,
    _words,
    _rest,
    _holds,
    _decisions,
    allowed_calls,
    fallbacks,
    one_route_in_doubt,
    true_doubts,
    _ends,
    _receipts,
    _receipt_timeout,
    _rollups,
    _budgets,
    _back_pressure,
    _privacy,
)


def _parts(stage: Stage) -> list[InboundEvent | ParkedRecord]:
    return [each for record in stage.stream.put_so_far for each in _read(record)]


@cache
def _read(record: StreamRecord) -> tuple[InboundEvent | ParkedRecord, ...]:
    return tuple(
        each
        if isinstance(each, ParkedRecord)
        else read_inbound_event(each, default_currency="USD", policy=POLICY)
        for each in open_envelope(record)
    )


def _has_receipt(calls: list[ProviderCall]) -> bool:
    return any(call.has_receipt for call in calls)


def _positions(decisions: list[Decision]) -> list[str]:
    return [decision.position for decision in decisions]
