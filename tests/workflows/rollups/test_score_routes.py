"""How routes have delivered is counted once an hour, from buckets that are there anyway."""

from datetime import timedelta

from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.route_scores import KNOWN_FOR, MOST_SCORES, RouteScore
from ordercast.rollups.rollup import contribution, hour_of
from ordercast.rollups.route_scores import Ended, scores_of
from ordercast.sending.routes import Route
from ordercast.workflows.reconcile.score_routes import ScoreRoutes
from tests.fakes.clock import START, HandTurnedClock
from tests.fakes.ledger import FakeLedger
from tests.fakes.rollups import FakeRollups
from tests.fakes.route_scores import FakeRouteScores
from tests.lines import line
from tests.promises.rollups import count

HOME = Route(provider="sns", region="us-east-1")
POOL = "sms-voice/us-east-1/pool-a"
DEFAULT = "sms-voice/us-east-1"
"""As rows have it."""


def ended(
    rollups: FakeRollups, number: int, state: State, route: str | None, *, back: int = 0
) -> None:
    base = line(number, state=state)
    hour = hour_of(START - timedelta(days=back))
    bucket = base.bucket._replace(hour=hour, channel="sms", country="US")
    count(rollups, replace(base, bucket=bucket, route=route))


def scoring(rollups: FakeRollups, ledger: FakeLedger, now: HandTurnedClock) -> ScoreRoutes:
    return ScoreRoutes(rollups=rollups, scores=FakeRouteScores(ledger), home=HOME, days=7, now=now)


def test_each_route_of_a_country_has_what_was_delivered_and_what_failed_in_the_last_days() -> None:
    """What names no route is on the channel's first; what is still open, or too old, is in no score."""
    rollups, ledger = FakeRollups(), FakeLedger()
    for number, (state, route, back) in enumerate(
        [
            (State.DELIVERED, None, 0),
            (State.DELIVERED, None, 6),
            (State.FAILED, None, 1),
            (State.DELIVERED, POOL, 0),
            (State.FAILED_FOR_NOW, POOL, 2),
            (State.DELIVERED, DEFAULT, 0),
            (State.SENT, POOL, 0),
            (State.CARRIER_ACCEPTED, None, 0),
            (State.DELIVERED, POOL, 7),
        ]
    ):
        ended(rollups, number, state, route, back=back)

    assert 3 == scoring(rollups, ledger, HandTurnedClock())()
    assert ledger.scored_routes is not None
    assert {
        ("US", HOME.key): RouteScore(delivered=2, undelivered=1),
        ("US", POOL): RouteScore(delivered=1, undelivered=1),
        ("US", f"{DEFAULT}/default"): RouteScore(delivered=1),
    } == ledger.scored_routes.scores


def test_an_email_has_no_score() -> None:
    rollups, ledger = FakeRollups(), FakeLedger()
    count(rollups, line(1, state=State.DELIVERED))
    assert 0 == scoring(rollups, ledger, HandTurnedClock())()


def test_they_are_written_once_an_hour() -> None:
    rollups, ledger, now = FakeRollups(), FakeLedger(), HandTurnedClock()
    ended(rollups, 1, State.DELIVERED, POOL)
    score = scoring(rollups, ledger, now)

    written = []
    for _ in range(6):
        written.append(score())
        now.turn(timedelta(minutes=20))
    assert [1, 0, 1, 0, 0, 1] == written


def test_a_message_that_names_no_route_adds_nothing_to_its_bucket() -> None:
    """Most do; what they cost in write units stays as it was."""
    plain = replace(line(1, state=State.DELIVERED), route=None)
    amounts = contribution(plain).amounts
    routed = contribution(replace(plain, route=POOL)).amounts
    assert {f"delivered#{POOL}": 1} == dict(routed.items() - amounts.items())


def test_scores_of_a_verifier_that_stopped_say_nothing_any_more() -> None:
    rollups, ledger, now = FakeRollups(), FakeLedger(), HandTurnedClock()
    ended(rollups, 1, State.DELIVERED, POOL)
    scoring(rollups, ledger, now)()

    scored = ledger.scored_routes
    assert scored is not None
    assert scored.scores == scored.known(now())
    assert {} == scored.known(now() + KNOWN_FOR)


def test_there_is_a_limit_to_what_each_wave_reads() -> None:
    many: Ended = Ended()
    for n in range(MOST_SCORES + 50):
        many["delivered#", "US", f"sns/us-east-1/{n}"] = n + 1
    found = scores_of(many)
    assert MOST_SCORES == len(found)
    assert RouteScore(delivered=MOST_SCORES + 50) in found.values()
    assert ("US", "sns/us-east-1/0") not in found
