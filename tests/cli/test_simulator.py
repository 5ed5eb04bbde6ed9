"""`ordercast simulator` sets, shows and lifts the faults of a local cloud's providers."""

import shlex
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from local_cloud.provider_simulator.faults.control import MetFault, Shown
from local_cloud.provider_simulator.faults.fault import FaultKind, ProviderFault, ProviderName
from ordercast.cli.local import simulator
from ordercast.cli.simulator import simulator as app
from ordercast.usage_error import UsageError
from tests.pages import snippets

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class FakeControl:
    """A simulator's control that keeps what it was told."""

    def __init__(self) -> None:
        self.faults: list[ProviderFault] = []
        self.lasting: list[timedelta | None] = []

    def set(self, faults: Iterable[ProviderFault], *, duration: timedelta | None = None) -> None:
        self.faults += faults
        self.lasting.append(duration)

    def clear(self, endpoints: Iterable[tuple[ProviderName, str]]) -> None:
        gone = set(endpoints)
        self.faults = [each for each in self.faults if (each.provider, each.region) not in gone]

    def show(self) -> Shown:
        kind = FaultKind.THROTTLING
        met = MetFault(provider="ses", region="us-east-1", kind=kind, calls=1200)
        return Shown(faults=self.faults, met=[met])


@pytest.fixture
def control(monkeypatch: pytest.MonkeyPatch) -> FakeControl:
    made = FakeControl()
    cloud = SimpleNamespace(provider_endpoint="http://127.0.0.1:1")
    monkeypatch.setattr(simulator, "running_cloud", lambda _: cloud)
    monkeypatch.setattr(simulator, "FaultClient", lambda endpoint: made)  # noqa: ARG005
    return made


def test_a_provider_without_a_region_fails_in_all_for_so_long(
    control: FakeControl, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.set_fault(None, "sns", "5xx=20%", lasting="3m")

    assert [("us-east-1", 0.2), ("us-west-2", 0.2)] == [(f.region, f.value) for f in control.faults]
    assert [timedelta(minutes=3)] == control.lasting
    said = capsys.readouterr().out
    assert "sns/us-west-2" in said
    assert "20%" in said
    assert "1,200" in said  # calls that a fault met which is over


def test_the_commands_that_the_page_shows_are_taken(control: FakeControl) -> None:
    (shown,) = snippets("docs/local-cloud.md", heading="Providers that fail")
    commands = [shlex.split(line)[2:] for line in shown.splitlines()]

    for words in commands[:-1]:
        app(words, standalone_mode=False)
    assert {("sns", FaultKind.DOWN), ("ses", FaultKind.ERRORS)} == {
        (each.provider, each.kind) for each in control.faults
    }

    app(commands[-1], standalone_mode=False)
    assert [] == control.faults


def test_clear_lifts_those_of_one_provider_or_all(control: FakeControl) -> None:
    for where in ("sns/us-east-1", "ses/us-east-1"):
        simulator.set_fault(None, where, "down", lasting="")

    simulator.clear(None, "sns")
    assert ["ses"] == [each.provider for each in control.faults]

    simulator.clear(None, None)
    assert [] == control.faults


@pytest.mark.parametrize("lasting", ["3", "0s", "long", "-1m"])
def test_what_is_no_duration_sets_nothing(control: FakeControl, lasting: str) -> None:
    with pytest.raises(UsageError, match="--for: not a duration"):
        simulator.set_fault(None, "sns", "down", lasting=lasting)

    assert [] == control.faults
