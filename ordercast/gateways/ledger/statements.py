"""Write the one conditional statement for each change of a ledger row. Used by the ledger gateway."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from ordercast.gateways.dynamodb import partiql
from ordercast.gateways.dynamodb.codec import DOLLARS, millis, number, text
from ordercast.gateways.dynamodb.partiql import Update
from ordercast.gateways.dynamodb.table import Statement
from ordercast.gateways.ledger import index_keys, keys
from ordercast.gateways.ledger import items as ledger_item
from ordercast.gateways.ledger.index_keys import FAILURE
from ordercast.gateways.ledger.keys import key, latest_status_key
from ordercast.notifications.failures import FAILURES, day_of
from ordercast.notifications.fallback import ends_unheard
from ordercast.notifications.lifecycle import FINAL, OUT_OF_OUR_HANDS, State
from ordercast.notifications.message import Message
from ordercast.notifications.status_rank import LatestStatus
from ordercast.pacing.opening import HoldRecord
from ordercast.receipts.merge import merge_message
from ordercast.sending.claim import ClaimRequest, drawn_after
from ordercast.sending.due_partitions import partition_of
from ordercast.sending.outcome import Settlement

VERSION = ("version",)


def first_latest_status(table: str, latest_status: LatestStatus) -> Statement:
    """Insert the first latest status of an order on a channel."""
    return partiql.insert(table, ledger_item.write_latest_status(latest_status))


def higher_latest_status(table: str, latest_status: LatestStatus) -> Statement:
    """Raise a latest status that is stored and lower."""
    stands = ledger_item.rank_attributes(latest_status)
    return partiql.update(
        table,
        latest_status_key((latest_status.order, latest_status.channel)),
        Update(set_=stands),
        where={},
        below={"rank": stands["rank"]},
    )


def claim(table: str, request: ClaimRequest, *, owner: str, lease_until: datetime) -> Statement:
    """Move a notification from requested to sending, and answer it."""
    of_this_claim = {
        "parts": None if request.parts is None else number(request.parts),
        "estimate": None if request.estimate is None else text(str(request.estimate)),
        "reserved": None if request.reserved is None else text(str(request.reserved)),
        ledger_item.VERSION_OF_WORDS: request.template_version and text(request.template_version),
        "route": request.route and ledger_item.ROUTE.write(request.route),
        ledger_item.WHY: request.route_reason and ledger_item.REASON.write(request.route_reason),
    }
    before = request.drawn_before
    return partiql.update(
        table,
        key(request.id),
        Update(
            set_={
                "state": text(State.SENDING),
                "owner": text(owner),
                "lease_until": millis(lease_until),
                **{name: value for name, value in of_this_claim.items() if value},
                **({"drawn": DOLLARS.write(drawn_after(request))} if request.drawn else {}),
            },
            raised=(*VERSION, "attempts"),
            # What an earlier attempt cost, and said, does not belong to this one.
            removed=[name for name, value in of_this_claim.items() if not value],
        ),
        where={
            "state": [text(State.REQUESTED)],
            **({"drawn": [DOLLARS.write(before)]} if request.drawn and before else {}),
        },
        missing=["drawn"] if request.drawn and not before else [],
        returning=True,
    )


def settle(table: str, settlement: Settlement) -> Statement:
    """End a claim that its owner still holds, of a message without receipts so far."""
    outcome = settlement.outcome
    notification_id = settlement.notification.id
    verdict, removed = _verdict(settlement)
    return partiql.update(
        table,
        key(notification_id),
        Update(
            set_={**verdict, **_known_by_the_call(settlement)},
            raised=VERSION,
            # What the provider did not judge was no attempt.
            lowered=() if outcome.judged else ("attempts",),
            removed=[
                "lease_until",
                "held_by",
                *(["in_doubt_since"] if outcome.message_id else []),
                *removed,
            ],
        ),
        where={
            "owner": [text(settlement.owner)],
            "state": [text(State.SENDING)],
        },
    )


def write_holds(table: str, record: HoldRecord, *, seen_version: int) -> Statement:
    """Write the holds, if unchanged since version *seen_version*; 0 means none were stored."""
    item = ledger_item.write_holds(record, version=seen_version + 1)
    if not seen_version:
        return partiql.insert(table, item)
    return partiql.update(
        table,
        keys.HOLDS_KEY,
        Update(set_={name: item[name] for name in ("holds", "opened")}, raised=VERSION),
        where={"version": [number(seen_version)]},
    )


def _verdict(settlement: Settlement) -> tuple[dict[str, Mapping[str, Any]], list[str]]:
    """Return what a new state sets and removes: with the old state goes the old reason."""
    row, at = settlement.notification, settlement.at
    state, reason = settlement.outcome.state, settlement.outcome.reason
    final, fails, falls_back = state in FINAL, state in FAILURES, ends_unheard(row, state)
    failure = index_keys.failure(state, day_of(at), row.id) if fails else None
    shard = partition_of(replace(row, state=state, held_by=None))
    set_ = {
        "state": text(state),
        **({"rule": text(reason)} if reason else {}),
        **({"closed_at": millis(at)} if final else {}),
        **({FAILURE: failure} if failure else {}),
        **({"due_at": millis(at), "due_shard": text(shard)} if falls_back else {}),
    }
    due = ["due_shard", "due_at"] if state in OUT_OF_OUR_HANDS and not falls_back else []
    return set_, [*([] if reason else ["rule"]), *due, *([] if failure else [FAILURE])]


def _known_by_the_call(settlement: Settlement) -> dict[str, Mapping[str, Any]]:
    """Return what is known only after the call: the message and its time, or since when it is in doubt."""
    outcome, at = settlement.outcome, settlement.at
    if not outcome.message_id:
        return {"in_doubt_since": millis(at)} if outcome.state is State.IN_DOUBT else {}
    sent = Message(state=State.SENT, at=at)
    row = ledger_item.write(
        merge_message(settlement.notification, outcome.message_id, sent, sent_at=at)
    )
    names = ("messages", "cost", "cost_source", "sent_at")
    return {name: row[name] for name in names if name in row}
