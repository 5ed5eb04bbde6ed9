"""Generate a seeded set of receipts of one notification, and play it in any order. Used by the commutation tests.

A notification may be claimed several times: a provider that said no had the message all the same,
or a doubt was followed by a second sending. So receipts name several message ids.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import chain
from random import Random
from typing import Any

from msgspec.structs import replace

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.receipts.provider_events import MEANINGS
from ordercast.receipts.receipt import Receipt
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.outcome import Outcome, Settlement, accepted, not_now, refused, unknown
from tests.examples import PHONE, notification
from tests.fakes.clock import START
from tests.fakes.services import LEASE, ORPHAN_WAIT, RECEIPT_RETENTION, RECEIPT_TIMEOUT
from tests.fakes.world import World

SECOND = timedelta(seconds=1)
ESTIMATE = Decimal("0.02")
ROWS = {channel: notification(7, channel) for channel in Channel}
KINDS: Mapping[Channel, Sequence[str]] = {
    Channel.SMS: [*MEANINGS[Channel.SMS], "PENDING", "FAILURE/Phone is on the moon"],
    Channel.EMAIL: [*MEANINGS[Channel.EMAIL], "Teleported", "Bounce/Transient/New"],
}
PRICES = [None, None, Decimal(0), Decimal("0.00645"), Decimal("0.0129")]

# Each of these is played by `ended`; a `Receipt` is another step, and so is a round of the sweeper.
SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a sender does in its attempt of that number."""

    does: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One set of facts: how each attempt ended, what of it was written, and what providers said.

    The claims before the last are in `begun`, with what opened the row again.
    """

    channel: Channel
    outcomes: tuple[Outcome, ...]
    begun: tuple[Step, ...]
    written: tuple[Step, ...]
    receipts: tuple[Receipt, ...]


def message_id(attempt: int) -> str:
    return f"m-{attempt}"


def case(random: Random, channel: Channel) -> Case:
    """Return the facts of one to three attempts, with up to eight receipts."""
    last = random.choice([1, 1, 2, 2, 3])
    ends = [accepted(message_id(last)), unknown("ReadTimeoutError"), not_now("no"), refused("no")]
    outcomes = [random.choice([not_now("no"), unknown("ReadTimeoutError")]) for _ in range(1, last)]
    outcomes.append(random.choice(ends))
    begun = [[Step("claim", n), Step("settle", n), Step("reopen", n)] for n in range(1, last)]
    record = {Step("record", n) for n in range(1, last + 1) if random.random() < 0.6}
    settle = [Step("settle", last)] * (random.random() < 0.7)
    if settle and outcomes[-1].message_id:
        # What could not be recorded is recorded when the batch comes again.
        record.add(Step("record", last))
    spoken = random.choices(range(1, last + 1), k=random.randrange(9))
    return Case(
        channel=channel,
        outcomes=tuple(outcomes),
        begun=(*chain.from_iterable(begun), Step("claim", last)),
        written=(*sorted(record, key=lambda each: each.attempt), *settle),
        receipts=tuple(_receipt(random, channel, message_id(n)) for n in spoken),
    )


def _receipt(random: Random, channel: Channel, whose: str) -> Receipt:
    is_sms = channel is Channel.SMS
    return Receipt(
        channel=channel,
        message_id=whose,
        kind=random.choice(KINDS[channel]),
        at=START + random.randrange(1, 91) * SECOND,
        sent_at=START + random.randrange(4) * SECOND,
        notification_id=None if is_sms else random.choice([None, ROWS[channel].id]),
        price=random.choice(PRICES) if is_sms else None,
        to=address_key(PHONE) if is_sms else None,
    )


def straight(case: Case) -> list[Any]:
    """Return the story in the order in which one would wish for it."""
    return [*case.begun, *case.written, *case.receipts]


def shuffled(random: Random, case: Case) -> list[Any]:
    """Return the same facts in another order, some of them again, among rounds of the sweeper.

    Only what a row is claimed by keeps its place: what is known to be sent is claimed by nobody.
    A receipt without a name may come before a second claim, for nobody knows yet whose it is.
    """
    again = random.choices(case.receipts, k=random.randrange(5)) if case.receipts else []
    receipts: list[Any] = [*case.receipts, *again]
    early = [each for each in receipts if not each.notification_id and random.random() < 0.3]
    late: list[Any] = [each for each in receipts if each not in early]
    late += [*case.written, *random.choices(case.written, k=2 * bool(case.written))]
    # A settlement that is heard of once more, when another claim has begun long ago.
    late += [each for each in case.begun if each.does == "settle" and random.random() < 0.3]
    late += [SWEEP] * random.randrange(4)
    random.shuffle(late)
    return [*_spread(random, early, among=case.begun), *late]


def _spread(random: Random, loose: Sequence[Any], *, among: Sequence[Any]) -> list[Any]:
    story = list(among)
    for each in loose:
        story.insert(random.randrange(1, len(story) + 1), each)
    return story


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What all stories of one case must come to: the row, the receipt logs and the suppressions."""

    row: Notification
    history: Mapping[str, Any]
    suppressions: Mapping[str, Any]


def ended(case: Case, story: Sequence[Any]) -> End:
    """Play the story to its end."""
    world = World(resend_email_after=None)
    play(world, case, story)
    # What counts writes and looks differs with their number, and says nothing of the message.
    row = replace(world.row(ROWS[case.channel].id), version=0, sweeps=0)
    if is_to_be_sent_again(row):
        # What the sweeper did with it since is another message's story.
        row = replace(row, state=State.DEFERRED, rule=None, due_at=None, closed_at=None)
        row = replace(row, held_by=None, in_doubt_since=None)
    return End(
        row=row,
        history={
            i: (each.notification_id, each.sent_at, each.receipt_events, each.due_at)
            for i, each in world.receipt_logs.kept.items()
        },
        suppressions={
            key: (p.suppressions, p.soft_bounces) for key, p in world.people.kept.items()
        },
    )


def is_to_be_sent_again(row: Notification) -> bool:
    """Tell whether all that is known of it is that the account could not send it."""
    return {State.DEFERRED} == {each.state for each in row.messages.values()}


def play(world: World, case: Case, story: Sequence[Any]) -> None:
    """Let it happen in *world*, and come to rest: what lapses has lapsed, and silence is one."""
    world.enter(ROWS[case.channel])
    for step in story:
        _play(world, case, step)
    for wait in (LEASE + SECOND, SECOND, ORPHAN_WAIT, *[RECEIPT_TIMEOUT] * 4):
        world.now.turn(wait)
        world.sweep_receipts()
        world.sweep()


def _play(world: World, case: Case, step: Any) -> None:
    match step:
        case Step(does="claim", attempt=attempt):
            request = ClaimRequest(id=ROWS[case.channel].id, parts=2, estimate=ESTIMATE)
            owner, until = f"owner-{attempt}", START + LEASE
            claims = world.ledger.claim([request], owner=owner, lease_until=until, now=START)
            assert State.SENDING is claims[request.id].row.state
        case Step(does="record", attempt=attempt):
            world.receipt_logs.join([_mine(case, attempt)])
        case Step(does="settle", attempt=attempt):
            world.ledger.settle([_settlement(case, attempt)])
        case Step(does="reopen"):
            row = world.row(ROWS[case.channel].id)
            if row.state is State.IN_DOUBT:
                world.ledger.change([(row, replace(row, state=State.REQUESTED, resends=1))])
        case Receipt():
            world.apply(step)
        case _:
            world.sweep_receipts()
            world.sweep()


def _mine(case: Case, attempt: int) -> ReceiptLog:
    at = START + 2 * SECOND
    return ReceiptLog(
        message_id=message_id(attempt),
        channel=case.channel,
        notification_id=ROWS[case.channel].id,
        sent_at=at,
        expires_at=at + RECEIPT_RETENTION,
        due_at=at + RECEIPT_TIMEOUT,
    )


def _settlement(case: Case, attempt: int) -> Settlement:
    owner = f"owner-{attempt}"
    claimed = replace(ROWS[case.channel], owner=owner, parts=2, estimate=ESTIMATE)
    outcome = case.outcomes[attempt - 1]
    return Settlement(notification=claimed, owner=owner, outcome=outcome, at=START + 2 * SECOND)
