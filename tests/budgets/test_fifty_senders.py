"""Fifty senders, texts of several parts, crashes and lost answers: no budget is overdrawn, nothing is lost of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any
from zlib import crc32

import pytest
from msgspec import structs
from msgspec.structs import replace

from ordercast.budgets.account import NOTHING, Account
from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from ordercast.errors import LedgerUnavailable, Retryable
from ordercast.events.order_event import Channel
from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import Message
from ordercast.notifications.notification import Notification
from ordercast.receipts.merge import merge_message
from ordercast.rollups.rollup import hour_of
from ordercast.rollups.spent import charged_by_slot
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.outcome import Outcome, Outgoing, accepted, back_pressure, unknown
from ordercast.templates.words import Words
from ordercast.wiring.send import SenderPorts, send_messages
from ordercast.workflows.count_changes import Count
from ordercast.workflows.reconcile.compare_budgets import CompareBudgets
from tests.examples import notification
from tests.explorer.checks.rollups import verify_of
from tests.fakes.clock import START, CountingToken
from tests.fakes.services import SEND_POLICY, only_route
from tests.fakes.template_versions import FakeTemplateVersions
from tests.fakes.world import World
from tests.pacing.simulated.virtual_time import VirtualTime

SENDERS, MESSAGES, WAVE = 50, 600, 25
A_PART = Decimal("0.00753")
HOUR = hour_of(START)
ALL = Budget(period=BudgetPeriod.MONTH, limit=Decimal(22), reserve=10)
SHOP = Budget(period=BudgetPeriod.DAY, limit=Decimal(18), channel="sms", shop="Example Tea")
FAST = structs.replace(SEND_POLICY, rate=100_000)  # pace is another test's subject
WORDS = Words(text="Your order is on its way.", subject="")


class Crash(BaseException):
    """A sender is ended here and now."""


@dataclass(slots=True)
class Troubled:
    """A port whose calls take their time, crash, fail, or lose their answer."""

    inner: Any
    time: VirtualTime
    random: Random
    crashes: list[str]

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return partial(self._call, getattr(self.inner, method), method)

    def _call(self, do: Callable[..., Any], method: str, *args: Any, **named: Any) -> Any:
        if args and not args[0]:
            return do(*args, **named)  # a call about nothing is none
        self.time.pause(self.random.uniform(0.001, 0.1))
        luck = self.random.random()
        if luck < 0.01:
            self._crash(method)
        if luck < 0.02:
            raise LedgerUnavailable("throttled")
        answer = do(*args, **named)
        if luck < 0.03:
            self._crash(method)
        if luck < 0.04:
            self.crashes.append(f"answer of {method}")
            raise LedgerUnavailable("lost answer")
        return answer

    def _crash(self, method: str) -> None:
        self.crashes.append(method)
        raise Crash


def cost(row: Notification, _: Words) -> ClaimRequest:
    parts = 1 + crc32(row.id.encode()) % 4
    return ClaimRequest(
        id=row.id, parts=parts, estimate=parts * A_PART, reserved=parts * A_PART * 2
    )


def played(seed: int) -> tuple[World, list[str]]:
    """Let fifty senders send the same messages; return what came of it, and the trouble."""
    random, time, world, trouble = Random(seed), VirtualTime(now=START), World(), list[str]()  # noqa: S311 - trouble
    world.ledger.limits = Limits(budgets=(ALL, SHOP))
    rows = [notification(number, Channel.SMS) for number in range(MESSAGES)]
    world.enter(*rows)

    def answer(_: Outgoing) -> Outcome:
        kinds = (accepted(f"m-{random.random()}"), back_pressure("Throttling"), unknown("lost"))
        return random.choices(kinds, weights=(90, 5, 5))[0]

    world.provider.answer = answer
    troubled = partial(Troubled, time=time, random=random, crashes=trouble)
    ports = SenderPorts(
        ledger=troubled(world.ledger),
        receipt_logs=troubled(world.receipt_logs),
        buckets=troubled(world.buckets),
        accounts=troubled(world.accounts),
        provider=world.provider,
        template_versions=FakeTemplateVersions(),
        cost=cost,
        routes=only_route(Channel.SMS),
        wait=time.wait,
        now=time,
        token=CountingToken(),
        chance=lambda: 0.5,
        words=lambda _: WORDS,
        send_within=lambda _: timedelta(days=2),
    )

    def sender() -> None:
        for _ in range(8):
            batch = {row.id: 1 for row in random.sample(rows, 60)}
            try:
                send = send_messages(Channel.SMS, ports, FAST)
                send(batch, time_left=lambda: timedelta(minutes=5))
            except (Crash, Retryable):
                continue

    for _ in range(SENDERS):
        time.start(sender)
    time.run(START + timedelta(hours=1))
    return world, trouble


def settle(world: World, rows: list[Notification]) -> dict[str, Account]:
    """Count the rows, and take in what counting says."""
    count = Count(rollups=world.rollups, pause=lambda _: None, chance=lambda: 0.5)
    for row in rows:
        world.ledger.rows[row.id] = row
    tally = count([rollup_input_of(write(row)) for row in world.rows()])
    assert not tally.undone
    world.sweeper().budgets([0], world.sweep(), world.room())
    return {key: world.accounts.kept[key] for key in (ALL.account(HOUR), SHOP.account(HOUR))}


def priced(row: Notification, random: Random) -> Notification:
    """Return *row* with its receipt: what may have been sent was, at up to three times its estimate."""
    may_have_been = row.messages or row.state in {State.SENDING, State.IN_DOUBT}
    if not may_have_been:
        ended = row.state in {State.DEFERRED, State.REQUESTED}
        gone = replace(row, state=State.SUPPRESSED, closed_at=START)
        return replace(gone, version=row.version + 1) if ended else row
    price = (row.estimate or NOTHING) * random.randint(0, 300) / 100
    message_id = next(iter(row.messages), f"late-{row.id}")
    message = Message(state=State.DELIVERED, at=START, price=price)
    merged = merge_message(row, message_id, message, sent_at=START)
    return replace(merged, version=row.version + 1)


@pytest.mark.parametrize("seed", range(6))
def test_no_budget_is_overdrawn_and_in_the_end_it_has_used_what_carriers_charged(seed: int) -> None:
    world, trouble = played(seed)
    assert len(trouble) > SENDERS // 2
    assert min(world.accounts.lowest.values()) >= 0
    assert {"give_back", "draw"} <= set(world.accounts.calls)
    states = {row.state for row in world.rows()}
    assert {State.SENT, State.IN_DOUBT, State.SENDING, State.DEFERRED} <= states

    accounts = settle(world, [])
    for budget in (ALL, SHOP):
        account = accounts[budget.account(HOUR)]
        period = budget.period.of(HOUR)
        charged = charged_by_slot(world.rollups.buckets([HOUR[:10]]), budget, period)
        stranded = sum(account.used.values()) - sum(charged.values())
        assert 0 <= stranded <= len(trouble) * WAVE * 4 * A_PART * 2
        assert sum(charged.values()) <= budget.limit

    random = Random(seed)  # noqa: S311 - made-up prices
    settle(world, [priced(row, random) for row in world.rows()])
    _correct(world)
    spent = sum((row.cost or NOTHING for row in world.rows()), NOTHING)
    above = sum(
        (max(NOTHING, (row.cost or NOTHING) - (row.reserved or NOTHING)) for row in world.rows()),
        NOTHING,
    )
    for budget in (ALL, SHOP):
        account = world.accounts.kept[budget.account(HOUR)]
        assert spent == account.limit - account.left
        assert spent <= budget.limit + above


def test_without_the_condition_a_budget_is_overdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ordercast.budgets.account.AccountDraw.least", Decimal(-1000))
    world, _ = played(0)
    assert min(world.accounts.lowest.values()) < 0


def test_without_giving_back_more_is_stranded(monkeypatch: pytest.MonkeyPatch) -> None:
    def stranded() -> Decimal:
        world, _ = played(0)
        accounts = settle(world, [])
        account = accounts[ALL.account(HOUR)]
        charged = charged_by_slot(world.rollups.buckets([HOUR[:10]]), ALL, ALL.period.of(HOUR))
        return sum(account.used.values(), NOTHING) - sum(charged.values(), NOTHING)

    with_it = stranded()
    monkeypatch.setattr("ordercast.workflows.send.budgeting.Budgeting._give_back", lambda *_: None)
    assert stranded() > with_it


def _correct(world: World) -> None:
    rows = dict(world.ledger.rows)
    verify = verify_of(world.rollups, rows, START)
    compare = CompareBudgets(
        rollups=world.rollups,
        accounts=world.accounts,
        limits=lambda: world.ledger.limits,
        rollups_differ=verify,
        pause=lambda _: None,
        wait=timedelta(),
    )
    hours = sorted({HOUR, f"{HOUR[:10]}T23"})
    compare.correct(compare(hours))
