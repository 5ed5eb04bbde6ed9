"""Apply all receipts of many notifications and list what was lost or wrong. Used by `make prove`.

Each text and e-mail is claimed, recorded and settled in waves; its receipts come before, between
and after, 3 % twice and 1 % contradictory. `python -m tests.workflows.receipts.many_receipts` runs it large.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from random import Random

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message, joined
from ordercast.notifications.notification import Notification
from ordercast.receipts.provider_events import meaning_of
from ordercast.receipts.receipt import Receipt
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.outcome import Settlement, accepted
from tests.address_secret import use_test_secret
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.services import LEASE, RECEIPT_RETENTION, RECEIPT_TIMEOUT
from tests.fakes.world import World
from tests.workflows.receipts.provider_receipts import price_in

BATCH = 100
DOUBLED, CONTRADICTORY = 0.03, 0.01
SECOND = timedelta(seconds=1)
ESTIMATE = Decimal("0.01")
ENDS = {
    Channel.SMS: [
        "SUCCESS/Delivered",
        "SUCCESS/Message has been accepted by phone carrier",
        "FAILURE/Phone is currently unreachable/unavailable",
    ],
    Channel.EMAIL: ["Delivery", "Bounce/Permanent/General", "Complaint/abuse"],
}
OPPOSITE = {Channel.SMS: "FAILURE/Phone carrier has blocked this message", Channel.EMAIL: "Reject"}
BEGINNING = {
    Channel.SMS: "SUCCESS/Message has been accepted by phone carrier",
    Channel.EMAIL: "Send",
}


@dataclass(slots=True, kw_only=True)
class Report:
    """What was put in: each notification's receipts, by its id."""

    receipts: dict[str, list[Receipt]] = field(default_factory=lambda: defaultdict(list))
    doubled: int = 0
    contradictory: int = 0


def live(count: int, *, seed: int) -> tuple[World, Report]:
    """Send *count* messages, bring all receipts in any order, and let the sweeper end it."""
    world, random, report = World(), Random(seed), Report()  # noqa: S311 - a seeded story
    rows = [_row(number) for number in range(count)]
    for start in range(0, count, BATCH):
        batch = rows[start : start + BATCH]
        world.enter(*batch)
        early, between, late = _spread(batch, random, report)
        _claim(world, batch)
        _bring(world, early, random)
        _record(world, batch)
        _bring(world, between, random)
        _settle(world, batch)
        _bring(world, late, random)
    for _ in range(3):
        world.now.turn(RECEIPT_TIMEOUT + SECOND)
        while world.sweep_receipts(limit=400).applied:
            pass
        while world.sweep_receipts(limit=400).timed_out:
            pass
    return world, report


def wrong(world: World, report: Report, count: int) -> Iterator[str]:
    """Say of each notification where its row is not what its receipts come to."""
    for number in range(count):
        row = world.row(_row(number).id)
        receipts = report.receipts[row.id]
        receipt_log = world.receipt_logs.kept[_message_id(row)]
        if {each.kind for each in receipts} != set(receipt_log.receipt_events):
            yield f"{number}: a receipt is lost"
        if (row.cost, row.cost_source) != _cost(receipts):
            yield f"{number}: it costs {row.cost} by the {row.cost_source}, not {_cost(receipts)}"
        if row.state is not _state(row, receipts):
            yield f"{number}: {row.state}, and its receipts say {_state(row, receipts)}"
        if receipt_log.due_at is not None:
            yield f"{number}: its receipt log never comes to rest"


def _state(row: Notification, receipts: list[Receipt]) -> State:
    said = [Message(state=meaning_of(each.kind, row.channel).state) for each in receipts]
    best = joined([Message(state=State.SENT), *said], row.channel).state
    return State.UNCONFIRMED if best is State.SENT else best


def _cost(receipts: list[Receipt]) -> tuple[Decimal, CostSource]:
    """Return the highest price that was named, of which 0 is one; else the estimate."""
    prices = [price for each in receipts if (price := price_in(each)) is not None]
    return (max(prices), CostSource.CARRIER) if prices else (ESTIMATE, CostSource.ESTIMATE)


def _row(number: int) -> Notification:
    return notification(number, list(Channel)[number % 2], recipient=None)


def _message_id(row: Notification) -> str:
    return f"m-{row.id}"


def _spread(
    rows: list[Notification], random: Random, report: Report
) -> tuple[list[Receipt], list[Receipt], list[Receipt]]:
    """Return the batch's receipts by when they come: before the record, before and after the settle."""
    spread: tuple[list[Receipt], list[Receipt], list[Receipt]] = ([], [], [])
    for row in rows:
        kinds = [BEGINNING[row.channel]]
        if random.random() < 0.9:
            kinds.append(random.choice(ENDS[row.channel]))
        if random.random() < CONTRADICTORY:
            kinds.append(OPPOSITE[row.channel])
            report.contradictory += 1
        if random.random() < DOUBLED:
            kinds.append(random.choice(kinds))
            report.doubled += 1
        for kind in kinds:
            receipt = _receipt(row, kind, random)
            report.receipts[row.id].append(receipt)
            random.choice(spread).append(receipt)
    return spread


def _receipt(row: Notification, kind: str, random: Random) -> Receipt:
    is_sms = row.channel is Channel.SMS
    prices = [None, Decimal(0), Decimal("0.00645"), Decimal("0.0129")]
    return Receipt(
        channel=row.channel,
        message_id=_message_id(row),
        kind=kind,
        at=START + random.randrange(1, 90) * SECOND,
        sent_at=START,
        notification_id=None if is_sms else row.id,
        price=random.choice(prices) if is_sms else None,
    )


def _bring(world: World, receipts: list[Receipt], random: Random) -> None:
    random.shuffle(receipts)
    for start in range(0, len(receipts), BATCH):
        world.apply(*receipts[start : start + BATCH])


def _claim(world: World, rows: list[Notification]) -> None:
    requests = [ClaimRequest(id=row.id, parts=1, estimate=ESTIMATE) for row in rows]
    world.ledger.claim(requests, owner="me", lease_until=START + LEASE, now=START)


def _record(world: World, rows: list[Notification]) -> None:
    mine = [
        ReceiptLog(
            message_id=_message_id(row),
            channel=row.channel,
            notification_id=row.id,
            sent_at=START,
            expires_at=START + RECEIPT_RETENTION,
            due_at=START + RECEIPT_TIMEOUT,
        )
        for row in rows
    ]
    world.receipt_logs.join(mine)


def _settle(world: World, rows: list[Notification]) -> None:
    ends = [
        Settlement(
            notification=row, owner="me", outcome=accepted(_message_id(row)), at=START + SECOND
        )
        for row in rows
    ]
    world.ledger.settle(ends)


def main(count: int) -> int:
    """Run it with *count* notifications; 1 where anything was lost or wrong."""
    use_test_secret()
    began = time.monotonic()
    world, report = live(count, seed=4)
    findings = list(wrong(world, report, count))
    receipts = sum(map(len, report.receipts.values()))
    print(*findings[:20], sep="\n")
    print(
        f"{count} notifications, {receipts} receipts, {report.doubled} of them twice and "
        f"{report.contradictory} contradictory: {len(findings)} lost or wrong "
        f"({time.monotonic() - began:.0f} s)"
    )
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 100_000))
