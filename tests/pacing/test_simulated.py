"""Many senders on a simulated clock reach the goals that `make bench` prints, in shorter scenarios."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ordercast.pacing.bucket import WAVE
from ordercast.workflows.release_room import ReleaseRoom
from tests.pacing.simulated.scenario import Scenario, play
from tests.pacing.simulated.scenarios import FULL_DAY, MINUTE, SECOND, at_once, scenarios, steady

SHORT = 0.02

ADAPTS = "throttling at half of the configured rate"
DOWN = "a provider that is down for ten minutes"
EVENING = "twice what fits in the twenty minutes before quiet hours, at 1/s"
# What comes during an outage is received once before it is held, and once to be sent.
RECEIVES = {EVENING: 1.7, DOWN: 1.7}


OTHERS = [each for each in scenarios(SHORT) if each.name != FULL_DAY]


@pytest.mark.parametrize("scenario", OTHERS, ids=lambda each: each.name)
def test_a_limit_parks_doubles_and_loses_nothing_and_its_rate_is_used(scenario: Scenario) -> None:
    played = play(scenario)

    assert (played.messages, 0, 0) == (played.sent, played.parked, played.twice)
    assert played.used >= 0.95
    assert played.throttled <= (0.05 if scenario.name == ADAPTS else 0.01)
    assert played.high_waits <= timedelta(seconds=10)
    # In quiet hours, too, the provider takes nothing: nobody asks it.
    assert not played.outage_calls or scenario.name == DOWN
    # What waits into quiet hours is received then, and once more in the morning.
    assert played.receives <= RECEIVES.get(scenario.name, 1.2)


LOW = Scenario(name="5/s against 1/s", arrivals=steady(5, 2 * MINUTE), rate=1, limit=1)
LOW_RATES = [
    replace(LOW, name="senders that may run for 30 s", timeout=30 * SECOND),
    Scenario(name="6/s against 2/s of 4", arrivals=steady(6, 2 * MINUTE), rate=2, limit=4),
]


@pytest.mark.parametrize("scenario", [LOW, *LOW_RATES], ids=lambda each: each.name)
def test_a_low_rate_is_used_as_well(scenario: Scenario) -> None:
    played = play(scenario)

    assert (played.messages, 0, 0) == (played.sent, played.parked, played.twice)
    assert played.used >= 0.95
    assert played.throttled <= 0.05
    assert played.receives <= 1.2


def test_an_outage_is_probed_rather_than_called() -> None:
    scenario = next(each for each in scenarios(SHORT) if each.name == DOWN)
    # Two senders are in the midst of a wave when it begins, and one more wave each ends it.
    first_waves = 2 * 2 * WAVE
    probes = scenario.outage / MINUTE

    assert 0 < play(scenario).outage_calls <= first_waves + probes


def test_a_used_up_quota_of_the_day_costs_a_wave_a_sender_and_loses_nothing() -> None:
    played = play(next(each for each in scenarios(SHORT) if each.name == FULL_DAY))

    assert (played.messages, 0, 0) == (played.sent, played.parked, played.twice)
    assert 0 < played.outage_calls <= 2 * 2 * WAVE
    assert played.receives <= 1.2


NIGHT = Scenario(name="a night", arrivals=at_once(1_500), rate=2, limit=2, deferred=True)


def test_a_night_s_messages_are_released_at_the_rate_and_wait_on_the_ledger() -> None:
    """Counts of the queues are a minute old, and four sweepers act on the same ones."""
    played = play(NIGHT)

    assert (1_500, 1_500, 0, 0) == (played.messages, played.sent, played.parked, played.twice)
    assert played.used >= 0.95
    assert played.receives <= 1.2
    assert timedelta(minutes=5) <= played.ahead <= timedelta(minutes=10)


def test_behind_a_pause_messages_wait_on_the_ledger_and_are_received_by_nobody() -> None:
    """Once before they are held, and once to be sent."""
    while_paused = timedelta(minutes=15)
    scenario = Scenario(
        name="a pause", arrivals=at_once(10_000), rate=20, limit=20, paused=while_paused
    )
    played = play(scenario)

    assert (10_000, 10_000, 0, 0) == (played.messages, played.sent, played.parked, played.twice)
    assert 0 == played.held_receives
    assert played.receives <= 2.3
    # At the rate, from the sweeper's next minute on.
    assert played.took - while_paused <= timedelta(seconds=10_000 / 20 + 60)
    assert played.ahead <= timedelta(minutes=10)


def test_without_room_to_be_measured_they_all_wait_in_the_queue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ReleaseRoom, "fit", lambda _, rows: rows)

    assert play(NIGHT).ahead > timedelta(minutes=10)


def test_without_looks_that_wait_for_the_queue_many_are_published_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ReleaseRoom, "until_sent", lambda *_: timedelta())

    assert play(NIGHT).receives > 1.2
