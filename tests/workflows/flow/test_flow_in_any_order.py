"""The whole flow over fakes in any order and with any failure: each is sent at most once, none is lost."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from ordercast.decisions.decision import STALE
from ordercast.errors import Retryable
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.status_rank import status_rank
from ordercast.sending.outcome import Outcome, Outgoing, accepted, not_now, refused, unknown
from tests.examples import notification, payload
from tests.fakes.world import World

Step = Callable[[], object]

LINE = ("confirmed", "shipped", "delivered")
STATUSES = (*LINE, "cancelled", "brewed")
EVENTS = st.lists(
    st.tuples(st.sampled_from(STATUSES), st.none() | st.integers(0, 9)),
    min_size=1,
    max_size=5,
    unique=True,
)
NEXT = st.one_of(
    st.tuples(st.just("relay"), st.lists(st.integers(0, 4), min_size=1, max_size=4)),
    st.tuples(
        st.sampled_from(["send", "send again", "sweep", "wait", "lose publications"]), st.none()
    ),
    st.tuples(
        st.just("fail"),
        st.sampled_from(["record_decisions", "accept", "claim", "settle", "change"]),
    ),
    st.tuples(
        st.just("unheard"),
        st.sampled_from(["record_decisions", "accept", "claim", "settle", "change"]),
    ),
)


def event_of(number: int, status: str, minute: int | None) -> bytes:
    """Return one of an order's events, by e-mail."""
    occurred_at = None if minute is None else f"2026-03-02T08:0{minute}:00Z"
    return payload(event_id=f"e-{number}", status=status, occurred_at=occurred_at, channel="email")


def while_failing(world: World, events: list[bytes], methods: set[str], method: str) -> None:
    """Bring and send everything while one of the ledger's methods is in trouble."""
    methods.add(method)
    try:
        world.relay(*events)
        world.send_published()
        world.sweep()
    finally:
        methods.discard(method)


def wait(world: World) -> None:
    """Let a lease end."""
    world.now.turn(timedelta(minutes=7))


def send_again(world: World) -> None:
    """Let each queue deliver everything once more."""
    world.delivered = 0
    world.send_published()


def lose_publications(world: World, events: list[bytes]) -> None:
    """Bring everything while the topic takes nothing."""
    world.notifications_topic.takes = lambda _: False
    world.relay(*events)
    world.notifications_topic.takes = lambda _: True


def relay(world: World, events: list[bytes], numbers: list[int]) -> None:
    """Bring some of the events, each at its position of the stream, in one batch each."""
    for number in numbers:
        world.relay(events[number % len(events)], at=101 + number % len(events))


def go_on(world: World, events: list[bytes], step: tuple[str, Any]) -> None:
    """Do one step; trouble with the outside world lasts no longer."""
    name, what = step
    steps: dict[str, Step] = {
        "relay": lambda: relay(world, events, what),
        "lose publications": lambda: lose_publications(world, events),
        "send": world.send_published,
        "send again": lambda: send_again(world),
        "sweep": world.sweep,
        "wait": lambda: wait(world),
        "fail": lambda: while_failing(world, events, world.ledger.unavailable, what),
        "unheard": lambda: while_failing(world, events, world.ledger.unheard, what),
    }
    steps[name]()


def carry_on(world: World, events: list[bytes], steps: list[Any]) -> None:
    """Do the steps, and what the event sources would do in the end."""
    for step in steps:
        try:
            go_on(world, events, step)
        except Retryable as trouble:
            event(f"trouble in {trouble}")
    for _ in range(3):
        world.relay(*events)
        world.send_published()
        world.now.turn(timedelta(minutes=40))
        world.sweep()
        world.send_published()


@given(EVENTS, st.lists(NEXT, max_size=12))
def test_in_any_order_each_is_sent_at_most_once_and_never_older_news_after_newer(
    happened: list[tuple[str, int | None]], steps: list[Any]
) -> None:
    events = [event_of(number, *each) for number, each in enumerate(happened)]
    world = World(resend_email_after=None)
    carry_on(world, events, steps)

    assert {1} >= set(world.got().values())
    before = [
        (LINE.index(n.status), n.occurred_at)
        for n in (call.notification for call in world.provider.calls)
        if n.status in LINE
    ]
    for n, (rank, at) in enumerate(before):
        for later_rank, later_at in before[n:]:
            assert later_rank > rank or (
                later_rank == rank and (not at or not later_at or later_at >= at)
            )


@given(EVENTS, st.lists(NEXT, max_size=12))
def test_in_any_order_everything_that_is_not_stale_is_sent_or_in_doubt(
    happened: list[tuple[str, int | None]], steps: list[Any]
) -> None:
    events = [event_of(number, *each) for number, each in enumerate(happened)]
    world = World(resend_email_after=None)
    carry_on(world, events, steps)

    assert len(events) == len(world.ledger.decisions)
    old = sum(decision.is_stale for decision in world.ledger.decisions.values())
    assert len(events) == old + len(world.ledger.rows)
    rows = list(world.rows())
    assert {State.SENT, State.IN_DOUBT, State.SUPPRESSED} >= {row.state for row in rows}
    assert {STALE} >= {row.rule for row in rows if row.state is State.SUPPRESSED}
    for row in rows:
        if row.state is State.SENT:
            assert 1 == world.got()[row.id]
    newest = max(status_rank(row.status, row.occurred_at) or 0 for row in rows)
    for row in rows:
        if status_rank(row.status, row.occurred_at) in {None, newest}:
            assert row.state is not State.SUPPRESSED


ANSWERS = (
    lambda n: accepted(f"m-{n}"),
    lambda _: refused("InvalidParameter"),
    lambda _: not_now("Throttling"),
    lambda _: unknown("ReadTimeoutError"),
)

# Parked is what was not taken at the last attempt.
ENDS = {State.PARKED: State.REQUESTED}


@given(st.lists(st.sampled_from(ANSWERS), max_size=40), st.lists(st.booleans(), max_size=10))
def test_whatever_providers_answer_no_text_is_sent_twice_and_every_end_is_true(
    answers: list[Any], settlements_lost: list[bool]
) -> None:
    many = [notification(n, Channel.SMS) for n in range(6)]
    script, lost = iter(answers), iter(settlements_lost)
    taken: dict[str, list[State]] = {}

    def answer(out: Outgoing) -> Outcome:
        outcome: Outcome = next(script, ANSWERS[0])(len(world.provider.calls))
        taken.setdefault(out.notification.id, []).append(outcome.state)
        return outcome

    world = World()
    world.provider.answer = answer
    world.enter(*many)
    for _ in range(20):
        world.ledger.unavailable = {"settle"} if next(lost, False) else set()
        try:
            world.send(*[each.id for each in many], channel=Channel.SMS)
        except Retryable:
            world.now.turn(timedelta(minutes=7))
        world.ledger.unavailable = set()
        world.sweep()

    for row in world.rows():
        said = taken.get(row.id, [])
        assert {State.REQUESTED} >= set(said[:-1]), "a call after one that may have gone through"
        assert row.state is State.IN_DOUBT or said[-1:] == [ENDS.get(row.state, row.state)]
        assert said or row.state is not State.IN_DOUBT
