"""What an operator cancels is not sent, nor anything in its place; what a sender has claimed is left alone."""

from collections.abc import Hashable
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel, Priority
from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.notifications.fallback import Fallback
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Why, held
from ordercast.rollups.rollup import OUTSTANDING, Amounts, contribution
from ordercast.sending.outcome import unknown
from tests.examples import notification, paused, payload
from tests.fakes.clock import START
from tests.fakes.services import FALLBACK_GRACE, LEASE, RESEND_EMAIL_AFTER
from tests.fakes.world import World
from tests.workflows.cancelling import MOST, cancel, cancel_campaign, cancelling, meanwhile, plan
from tests.workflows.flow.test_fallback import AGREES, E_MAIL, TEXT, world_of
from tests.workflows.flow.test_tries import FINAL, day_of
from tests.workflows.receipts.provider_receipts import UNREACHABLE, text_says

PAUSE = paused(channel="email")
REQUESTED = notification(1)
DEFERRED = notification(2, state=State.DEFERRED, rule="quiet-hours", due_at=START)
HELD = held(notification(3), PAUSE, until=START + timedelta(days=1))
WAITING = [REQUESTED, DEFERRED, HELD]
LATER = timedelta(hours=1)


def everything_goes_on(world: World) -> None:
    """Let time pass, the sweeper look, and the senders send whatever was published."""
    for _ in range(5):
        world.now.turn(LATER)
        world.sweep()
        world.send_published()


def amounts_of(row: Notification) -> Amounts:
    return contribution(rollup_input_of(write(row))).amounts


@pytest.mark.parametrize("row", WAITING, ids=["requested", "deferred", "held"])
def test_what_waits_is_suppressed_by_its_rule_and_never_sent(row: Notification) -> None:
    world = World()
    world.enter(row)
    world.notifications_topic.publish([row])

    assert {State.SUPPRESSED: 1} == cancel(world, row.id).cancelled
    world.ledger.let_go([PAUSE.id], at=world.now())
    everything_goes_on(world)

    now = world.row(row.id)
    assert (State.SUPPRESSED, "cancelled", None, None) == (
        *(now.state, now.rule, now.held_by, now.due_at),
    )
    assert START == now.closed_at
    assert not world.provider.calls


def test_a_dry_run_counts_and_changes_nothing() -> None:
    world = World()
    sent = notification(4, state=State.SENT, due_at=None)
    world.enter(*WAITING, sent)
    before = dict(world.ledger.rows)

    report = plan(world, [*before])

    assert {State.REQUESTED: 1, State.DEFERRED: 2} == report.found
    assert {State.SENT: 1} == report.left
    assert before == world.ledger.rows


@pytest.mark.parametrize(
    "state",
    [s for s in State if s not in {State.DEFERRED, State.REQUESTED}],
)
def test_what_was_claimed_or_has_ended_is_left_alone_and_said_so(state: State) -> None:
    world = World()
    row = replace(REQUESTED, state=state, due_at=None)
    world.enter(row)

    report = cancel(world, row.id)

    assert ({state: 1}, 0) == (report.left, report.cancelled.total())
    assert row == world.row(row.id)


def test_what_its_sender_claims_first_is_sent_once_and_left_alone() -> None:
    world = World()
    world.enter(REQUESTED)
    meanwhile(world, "change", lambda: world.send(REQUESTED.id))
    report = cancel(world, REQUESTED.id)

    assert {State.SENT: 1} == report.left
    assert {REQUESTED.id: 1} == world.got()
    assert State.SENT is world.state(REQUESTED.id)


def test_what_is_cancelled_after_its_sender_has_looked_and_before_its_claim_is_not_sent() -> None:
    world = World()
    world.enter(REQUESTED)
    meanwhile(world, "claim", lambda: cancel(world, REQUESTED.id))
    world.send(REQUESTED.id)

    assert not world.provider.calls
    assert (State.SUPPRESSED, "cancelled") == (
        world.state(REQUESTED.id),
        world.row(REQUESTED.id).rule,
    )


def test_what_changes_at_every_look_is_said_to_have_moved() -> None:
    world = World()
    world.enter(REQUESTED)

    def changes(method: str, _: Hashable) -> bool:
        row = world.row(REQUESTED.id)
        world.ledger.rows[row.id] = replace(row, version=row.version + (method == "change"))
        return False

    world.ledger.troubled = changes

    assert (1, 0) == (
        (report := cancel(world, REQUESTED.id)).moving,
        report.cancelled.total(),
    )


@pytest.mark.parametrize("trouble", ["unavailable", "unheard"])
def test_interrupted_and_repeated_it_ends_the_same(trouble: str) -> None:
    world = World()
    world.enter(*WAITING)
    setattr(world.ledger, trouble, {"change"})
    with pytest.raises(LedgerUnavailable):
        cancel(world, *(row.id for row in WAITING))
    setattr(world.ledger, trouble, set())
    once = dict(world.ledger.rows)
    world.now.turn(LATER)

    cancel(world, *(row.id for row in WAITING))

    assert {State.SUPPRESSED} == {row.state for row in world.rows()}
    if trouble == "unheard":
        assert once == world.ledger.rows


def test_a_redelivered_event_does_not_bring_it_back() -> None:
    world = World()
    world.relay(payload(channel="email"))
    [row] = world.rows()
    cancel(world, row.id)
    world.relay(payload(channel="email"))
    world.send_published()

    assert State.SUPPRESSED is world.state(row.id)
    assert not world.provider.calls


def test_a_cancelled_text_asks_for_no_fallback() -> None:
    world = World()
    text = notification(1, Channel.SMS, priority=Priority.HIGH, fallback=Fallback(id=REQUESTED.id))
    world.enter(text)
    cancel(world, text.id)
    everything_goes_on(world)

    assert {text.id} == world.ledger.rows.keys()
    assert not world.provider.calls


def test_a_fallback_that_is_to_come_after_a_failure_is_called_off() -> None:
    world = world_of(AGREES)
    world.apply(text_says(UNREACHABLE))
    report = cancel(world, TEXT)
    world.now.turn(2 * FALLBACK_GRACE)
    everything_goes_on(world)

    assert (1, State.FAILED_FOR_NOW) == (report.cancelled.total(), world.state(TEXT))
    assert {TEXT} == world.ledger.rows.keys()


def test_a_fallback_that_waits_is_cancelled_with_the_text_it_stands_for() -> None:
    world = world_of(AGREES)
    world.apply(text_says(UNREACHABLE))
    world.now.turn(FALLBACK_GRACE)
    world.sweep()
    cancel(world, TEXT)
    everything_goes_on(world)

    assert (State.SUPPRESSED, "cancelled") == (world.state(E_MAIL), world.row(E_MAIL).rule)


def test_a_fallback_that_was_entered_while_its_text_was_cancelled_is_not_sent() -> None:
    world = world_of(AGREES)
    world.apply(text_says(UNREACHABLE))
    world.now.turn(FALLBACK_GRACE)
    meanwhile(world, "accept", lambda: cancel(world, TEXT))
    world.sweep()
    world.send_published()
    everything_goes_on(world)

    assert (State.SUPPRESSED, "cancelled") == (world.state(E_MAIL), world.row(E_MAIL).rule)
    assert {TEXT: 1} == world.got()


@pytest.mark.parametrize("is_seen", [False, True], ids=["before the sweeper's look", "after it"])
def test_a_text_that_is_to_be_tried_again_ends_as_its_last_try_did(is_seen) -> None:
    day = day_of()
    day.says(FINAL)
    if is_seen:
        day.world.sweep()
        assert State.DEFERRED is day.text.state
    cancel(day.world, TEXT)
    day.says(FINAL, price="0.01")
    everything_goes_on(day.world)

    assert (State.FAILED, None) == (day.text.state, day.text.due_at)
    assert ([(TEXT, 1)], [TEXT]) == ([*day.world.got().items()], [*day.world.ledger.rows])


def test_an_e_mail_in_doubt_that_is_sent_again_stays_in_doubt() -> None:
    world = World()
    world.enter(REQUESTED)
    world.provider.answer = lambda _: unknown("timeout")
    world.send(REQUESTED.id)
    world.now.turn(RESEND_EMAIL_AFTER + LEASE)
    world.sweep()
    assert State.REQUESTED is world.state(REQUESTED.id)

    cancel(world, REQUESTED.id)
    everything_goes_on(world)

    assert (State.IN_DOUBT, "cancelled") == (
        world.state(REQUESTED.id),
        world.row(REQUESTED.id).rule,
    )
    assert 1 == world.got()[REQUESTED.id]


def test_what_a_restored_ledger_does_not_know_to_be_sent_is_not_called_suppressed() -> None:
    world = World()
    world.enter(replace(HELD, rule=str(Why.RESTORED)))

    assert {State.UNCONFIRMED: 1} == cancel(world, HELD.id).cancelled


def test_what_it_had_drawn_from_budgets_is_outstanding_no_more() -> None:
    world = World()
    drawn = replace(notification(1, Channel.SMS), drawn=Decimal("0.02"))
    world.enter(drawn)
    assert OUTSTANDING in amounts_of(drawn)

    cancel(world, drawn.id)

    assert OUTSTANDING not in amounts_of(world.row(drawn.id))


def test_of_a_campaign_all_that_waits_is_cancelled_and_nothing_else() -> None:
    world = World()
    world.ledger.holds = (PAUSE,)
    mine = [replace(row, campaign="spring") for row in WAITING]
    others = [notification(n, campaign="autumn") for n in range(10, 250)]
    world.enter(*mine, *others)

    report = cancel_campaign(world, "spring")

    assert (3, 243, True) == (report.cancelled.total(), report.looked_at, report.is_whole)
    assert {row.id for row in mine} == {r.id for r in world.rows() if r.rule == "cancelled"}
    world.ledger.calls.clear()
    assert 0 == cancel_campaign(world, "spring").cancelled.total()
    # docs/operate.md: 56 queries, and 32 for each hold, of which there is one.
    partitions = 56 + 32
    queries = [name for name, _ in world.ledger.calls if name == "waiting_in"]
    assert partitions <= len(queries) <= partitions + len(others) // 100


def test_it_looks_at_so_many_and_says_that_there_are_more() -> None:
    world = World()
    world.enter(*(notification(n, campaign="spring") for n in range(1, 301)))

    report = cancel_campaign(world, "spring", most=120)

    assert (120, 120, False) == (report.looked_at, report.cancelled.total(), report.is_whole)
    # What was cancelled waits no more, so a repetition goes on from there.
    assert (180, True) == (
        cancel_campaign(world, "spring").cancelled.total(),
        cancelling(world).plan(cancelling(world).waiting(), most=MOST).is_whole,
    )
