"""When a part of the local cloud ends, a person is told which, not what a client met."""

import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from local_cloud import keeping
from local_cloud.cloud import LocalCloud
from local_cloud.instance import Instance
from local_cloud.trouble import LocalCloudError
from notifications.errors import LedgerUnavailable
from ordercast import trouble_named
from ordercast.complaint import Complaint
from ordercast.producer import NotTaken
from tests.cheap_cloud import KEEPER, STUBBORN_KEEPER
from tests.eventually import eventually

PARTS = ("ministack", "carrier", "event-sources")


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalCloud]:
    """A real keeper, of parts that do nothing."""
    monkeypatch.setattr(keeping, "KEEPER", ("-c", KEEPER))
    with LocalCloud.start("shop", root=tmp_path) as started:
        yield started


def kill(cloud: LocalCloud, part: str) -> None:
    record = Instance(folder=cloud.folder).read()
    assert record is not None
    record.processes[part].end(signal.SIGKILL)


def run_on(cloud: LocalCloud, *, kill_first: str = "", but: LocalCloud | None = None) -> None:
    """Meet what a client meets whose server is not there."""
    with trouble_named.stopped_on_failure(cloud, but=but):
        if kill_first:
            kill(cloud, kill_first)
        raise ConnectionError("port 40123")


UNREACHABLE = (
    ConnectionError("port 40123"),
    NotTaken("it cannot be reached", taken=0, left=1),
    LedgerUnavailable("it cannot be reached"),
)
"""What clients of a cloud meet whose server is not there."""


@pytest.mark.parametrize("victim", PARTS)
def test_a_part_that_has_ended_is_named_and_its_log_kept(cloud: LocalCloud, victim: str) -> None:
    log = Instance(folder=cloud.folder).log(victim)

    with pytest.raises(LocalCloudError, match=f"{victim} ended unexpectedly") as told:
        run_on(cloud, kill_first=victim)

    assert f"{victim} ended unexpectedly (SIGKILL)" == told.value.what
    assert log == told.value.log
    assert log.exists()
    assert "start it again" in told.value.hint
    assert not cloud.alive()


def test_it_is_named_before_the_others_are_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients meet the gap at once, and stopping takes seconds."""
    monkeypatch.setattr(keeping, "KEEPER", ("-c", STUBBORN_KEEPER))
    with LocalCloud.start("shop", root=tmp_path) as cloud:
        record = Instance(folder=cloud.folder).read()
        assert record is not None
        kill(cloud, "carrier")
        found = eventually(cloud.trouble)
        others_alive = [record.processes[part].alive() for part in ("ministack", "event-sources")]

    assert found is not None
    assert "carrier ended unexpectedly (SIGKILL)" == found.what
    assert [True, True] == others_alive


def test_a_keeper_that_has_ended_is_what_is_named(cloud: LocalCloud) -> None:
    with pytest.raises(LocalCloudError, match="the local cloud has ended"):
        run_on(cloud, kill_first="keeper")


def test_a_cloud_that_was_there_before_the_command_is_named_too(cloud: LocalCloud) -> None:
    with pytest.raises(LocalCloudError, match="carrier ended unexpectedly"):
        run_on(cloud, kill_first="carrier", but=cloud)


@pytest.mark.parametrize("met", UNREACHABLE, ids=lambda met: type(met).__name__)
def test_whatever_a_client_met_the_part_is_named(cloud: LocalCloud, met: Exception) -> None:
    with (
        pytest.raises(LocalCloudError, match="carrier ended unexpectedly"),
        trouble_named.stopped_on_failure(cloud),
    ):
        kill(cloud, "carrier")
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
    kill(cloud, "carrier")

    def it_has_ended() -> bool:
        return not cloud.alive()

    assert when == "at once" or eventually(it_has_ended)
    with pytest.raises(LocalCloudError, match="carrier ended"), trouble_named.part_named():
        raise met


def test_a_command_elsewhere_says_what_it_met(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocalCloud, "running", lambda: [cloud])
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    kill(cloud, "carrier")

    with pytest.raises(ConnectionError, match="40123"), trouble_named.part_named():
        raise ConnectionError("port 40123")


def test_other_failures_say_what_they_are(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble_named, "NOTICED", 0.1)

    with pytest.raises(ConnectionError, match="40123"):
        run_on(cloud)
    assert not cloud.alive()


def test_what_no_client_met_is_not_looked_for_in_the_cloud(cloud: LocalCloud) -> None:
    with pytest.raises(Complaint, match="no such order"), trouble_named.stopped_on_failure(cloud):
        kill(cloud, "carrier")
        raise Complaint("no such order")
