"""After putting orders on a local cloud, the user sees them arrive or reads what is still in flight."""

from io import StringIO
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from rich.console import Console

from local_cloud.errors import LocalCloudError
from local_cloud.in_flight import InFlight
from ordercast.cli.local import in_flight as following
from ordercast.cli.local.in_flight import follow

ALIVE: Any = SimpleNamespace(check=lambda: None)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PAUSE", 0.0)


def test_it_waits_until_nothing_is_on_its_way() -> None:
    looks = iter([InFlight(records=1), InFlight(messages=2), InFlight()])
    said = StringIO()

    assert not follow(ALIVE, lambda: next(looks), Console(file=said))
    assert [] == list(looks)
    assert "In flight: 1 record on the stream" in said.getvalue()


def test_what_does_not_move_any_more_is_said() -> None:
    stuck = InFlight(records=1)

    assert stuck == follow(ALIVE, lambda: stuck, Console(file=StringIO()), idle_limit=0.01)


def test_a_cloud_that_ends_meanwhile_is_not_waited_for() -> None:
    def ended() -> NoReturn:
        raise LocalCloudError(what="carrier ended")

    broken: Any = SimpleNamespace(check=ended)
    with pytest.raises(LocalCloudError, match="carrier ended"):
        follow(broken, lambda: InFlight(records=1), Console(file=StringIO()))
