"""When a process of the local cloud ends, the user reads which, not the error that a client met."""

import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.errors import LocalCloudError
from local_cloud.supervisor import client
from local_cloud.supervisor.state import CloudFolder
from ordercast.cli.local import failures
from ordercast.errors import LedgerUnavailable
from ordercast.producer import NotTaken
from ordercast.usage_error import UsageError
from tests.cheap_cloud import STUBBORN_SUPERVISOR, SUPERVISOR
from tests.eventually import eventually


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCloud]:
    """A real supervisor, whose emulator and services do nothing."""
    monkeypatch.setattr(client, "COMMAND", ("-c", SUPERVISOR))
    with LocalCloud.start("shop", root=tmp_path) as started:
        yield started


def kill(cloud: LocalCloud, part: str) -> None:
    state = CloudFolder(path=cloud.folder).read()
    assert state is not None
    state.processes[part].send(signal.SIGKILL)


def run_on(cloud: LocalCloud, *, kill_first: str = "", before: LocalCloud | None = None) -> None:
    """Meet what a client meets whose server is not there."""
    with failures.stopped_on_failure(cloud, before=before):
        if kill_first:
            kill(cloud, kill_first)
        raise ConnectionError("port 40123")


UNREACHABLE = (
    ConnectionError("port 40123"),
    NotTaken("it cannot be reached", taken=0, left=1),
    LedgerUnavailable("it cannot be reached"),
)
"""What clients of a cloud meet whose server is not there."""


def test_an_emulator_that_has_ended_is_named_and_its_log_kept(cloud: LocalCloud) -> None:
    log = CloudFolder(path=cloud.folder).log("emulator")

    with pytest.raises(LocalCloudError, match="emulator ended unexpectedly") as raised:
        run_on(cloud, kill_first="emulator")

    assert "emulator ended unexpectedly (SIGKILL)" == raised.value.what
    assert log == raised.value.log
    assert log.exists()
    assert "start it again" in raised.value.hint
    assert not cloud.alive()


def test_it_is_named_before_the_others_are_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients meet the gap at once, and stopping takes seconds."""
    monkeypatch.setattr(client, "COMMAND", ("-c", STUBBORN_SUPERVISOR))
    with LocalCloud.start("shop", root=tmp_path) as cloud:
        state = CloudFolder(path=cloud.folder).read()
        assert state is not None
        (cloud.folder / "fail").touch()
        found = eventually(cloud.failure)
        emulator_alive = state.processes["emulator"].alive()

    assert found is not None
    assert "services ended unexpectedly (OSError)" == found.what
    assert emulator_alive


def test_a_supervisor_that_has_ended_is_named(cloud: LocalCloud) -> None:
    with pytest.raises(LocalCloudError, match="supervisor ended unexpectedly"):
        run_on(cloud, kill_first="supervisor")


def test_a_cloud_that_was_there_before_the_command_is_named_too(cloud: LocalCloud) -> None:
    with pytest.raises(LocalCloudError, match="emulator ended unexpectedly"):
        run_on(cloud, kill_first="emulator", before=cloud)


@pytest.mark.parametrize("met", UNREACHABLE, ids=lambda met: type(met).__name__)
def test_whatever_a_client_met_the_part_is_named(cloud: LocalCloud, met: Exception) -> None:
    with (
        pytest.raises(LocalCloudError, match="emulator ended unexpectedly"),
        failures.stopped_on_failure(cloud),
    ):
        kill(cloud, "emulator")
        raise met


@pytest.mark.parametrize("met", UNREACHABLE, ids=lambda met: type(met).__name__)
@pytest.mark.parametrize("when", ["at once", "when all has ended"])
def test_a_command_on_a_cloud_that_was_kept_names_the_part_that_ended(
    cloud: LocalCloud, met: Exception, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = cloud.folder.parents[1]
    monkeypatch.setattr(LocalCloud, "running", partial(LocalCloud.running, root))
    monkeypatch.setattr(LocalCloud, "ended", partial(LocalCloud.ended, root))
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.endpoint)
    kill(cloud, "emulator")

    def it_has_ended() -> bool:
        return not cloud.alive()

    assert when == "at once" or eventually(it_has_ended)
    with pytest.raises(LocalCloudError, match="emulator ended"), failures.part_named():
        raise met


def test_a_command_elsewhere_says_what_it_met(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalCloud, "running", lambda: [cloud])
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    kill(cloud, "emulator")

    with pytest.raises(ConnectionError, match="40123"), failures.part_named():
        raise ConnectionError("port 40123")


def test_other_failures_say_what_they_are(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "NOTICED", 0.1)

    with pytest.raises(ConnectionError, match="40123"):
        run_on(cloud)
    assert not cloud.alive()


def test_what_no_client_met_is_not_looked_for_in_the_cloud(cloud: LocalCloud) -> None:
    with pytest.raises(UsageError, match="no such order"), failures.stopped_on_failure(cloud):
        kill(cloud, "emulator")
        raise UsageError("no such order")
