"""When a part of the local cloud ends, a person is told which, not what a client met."""

from dataclasses import dataclass, field

import pytest

from local.trouble import LocalCloudError
from ordercast import cli


@dataclass
class BrokenCloud:
    said: str | None
    stopped: list[bool] = field(default_factory=list)

    def trouble(self) -> str | None:
        return self.said

    def stop(self, *, keep_logs: bool) -> None:
        self.stopped.append(keep_logs)


def run_on(cloud: BrokenCloud) -> None:
    with cli._stopped_on_failure(cloud):  # type: ignore[arg-type]  # noqa: SLF001 - all commands go through it
        raise ConnectionError("port 40123")


def test_a_part_that_has_ended_is_named_and_everything_else_stopped() -> None:
    cloud = BrokenCloud("carrier ended unexpectedly (SIGKILL)")

    with pytest.raises(LocalCloudError, match="carrier ended unexpectedly"):
        run_on(cloud)
    assert [True] == cloud.stopped


def test_other_failures_say_what_they_are() -> None:
    with pytest.raises(ConnectionError, match="40123"):
        run_on(BrokenCloud(None))
