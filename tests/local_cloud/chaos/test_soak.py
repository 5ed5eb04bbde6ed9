"""A soak run finds what grows with the orders, and nothing that only warms up."""

import pytest

from local_cloud.chaos.soak import Soak, SoakSample, slope
from local_cloud.supervisor.emulator_process import EMULATOR


def run_of(**memory: list[float]) -> Soak:
    made = Soak(seen=None, wanted=1, orders=10_000)  # type: ignore[arg-type]  # nothing is looked at
    made.samples = [
        SoakSample(
            seconds=0.0,
            orders=1000.0 * number,
            memory={name: figures[number] for name, figures in memory.items()},
            backlog={},
        )
        for number in range(11)
    ]
    return made


def test_a_process_that_grows_with_every_order_is_named() -> None:
    run = run_of(leak=[100 + 5.0 * n for n in range(11)], steady=[90.0] * 11)

    assert pytest.approx({"leak": 5.0, "steady": 0.0}) == run.growth()
    assert ["leak"] == list(run.too_fast())


def test_what_only_warms_up_is_not() -> None:
    run = run_of(cache=[10.0, 40.0, 90.0] + [100.0] * 8)

    assert {} == run.too_fast()


def test_the_emulator_may_grow_by_what_it_keeps() -> None:
    run = run_of(**{EMULATOR: [200 + 20.0 * n for n in range(11)]})

    assert {} == run.too_fast()


def test_a_slope_needs_two_points() -> None:
    assert 0.0 == slope([(1.0, 5.0)])
    assert 2.0 == slope([(0.0, 1.0), (1.0, 3.0)])
