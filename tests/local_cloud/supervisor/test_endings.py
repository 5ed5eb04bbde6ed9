"""Whatever is killed, and whenever: no process stays behind, the cause is named and the next start works."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.errors import LocalCloudError
from local_cloud.supervisor import client
from local_cloud.supervisor.processes import ProcessIdentity
from local_cloud.supervisor.state import CloudFolder
from tests.cheap_cloud import NEVER_READY_SUPERVISOR, SUPERVISOR
from tests.eventually import eventually
from tests.local_cloud.supervisor.shop import (
    OWNER,
    Traces,
    complete_state,
    folder_in,
    nothing_is_left,
    start,
    the_next_start_works,
)
from tests.started import ENDS_WITHIN, Start, started

CHEAP_OWNER = f"""
from local_cloud.supervisor import client
client.COMMAND = ("-c", {SUPERVISOR!r})
{OWNER}"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudFolder]:
    """The folder of a test's local cloud, which is stopped afterwards."""
    monkeypatch.setattr(client, "COMMAND", ("-c", SUPERVISOR))
    yield folder_in(tmp_path)
    for cloud in LocalCloud.running(tmp_path):
        cloud.stop()


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Start]:
    """Start a process that starts a local cloud, and then does what it is told."""
    with started(CHEAP_OWNER, str(tmp_path)) as start:
        yield start


def ended(cloud: LocalCloud) -> bool:
    def it_has_ended() -> bool:
        return not cloud.alive()

    return eventually(it_has_ended)


def test_an_emulator_that_is_killed_is_named_and_the_rest_is_stopped(shop: CloudFolder) -> None:
    cloud = start(shop)
    seen = complete_state(shop)
    traces = Traces(shop)
    seen.processes["emulator"].send(signal.SIGKILL)

    assert ended(cloud)
    found = cloud.failure()
    assert found is not None
    named = "emulator ended unexpectedly (SIGKILL)"
    assert (named, shop.log("emulator")) == (found.what, found.log)
    assert f"{named}; log: {found.log}\n" == shop.log("supervisor").read_text()
    with pytest.raises(LocalCloudError, match="emulator"):
        cloud.check()
    assert nothing_is_left(shop, traces)
    cloud.stop()
    assert the_next_start_works(shop)


def test_a_service_that_fails_is_named_and_the_rest_is_stopped(shop: CloudFolder) -> None:
    cloud = start(shop)
    traces = Traces(shop)
    (shop.path / "fail").touch()

    assert ended(cloud)
    found = cloud.failure()
    assert found is not None
    assert "services ended unexpectedly (OSError)" == found.what
    assert shop.log("supervisor") == found.log
    assert nothing_is_left(shop, traces)
    cloud.stop()


def test_an_emulator_that_never_becomes_ready_is_not_waited_for_forever(
    shop: CloudFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "COMMAND", ("-c", NEVER_READY_SUPERVISOR))
    with pytest.raises(LocalCloudError, match="the emulator was not ready in time") as raised:
        start(shop)
    assert shop.log("emulator") == raised.value.log
    assert nothing_is_left(shop, Traces(shop))


def test_nothing_outlives_a_killed_supervisor(shop: CloudFolder) -> None:
    cloud = start(shop)
    seen = complete_state(shop)
    traces = Traces(shop)
    seen.processes["supervisor"].send(signal.SIGKILL)

    assert nothing_is_left(shop, traces)
    with pytest.raises(LocalCloudError, match="supervisor ended unexpectedly"):
        cloud.check()
    cloud.stop()
    assert the_next_start_works(shop)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_an_owner_that_is_ended(
    shop: CloudFolder, owner: Start, number: signal.Signals
) -> None:
    process = owner("wait")
    complete_state(shop)
    traces = Traces(shop)
    process.send_signal(number)
    process.communicate(timeout=ENDS_WITHIN)

    assert nothing_is_left(shop, traces)
    assert the_next_start_works(shop)


@pytest.mark.parametrize("victim", ["owner", "supervisor", "emulator"])
def test_nothing_outlives_a_kill_during_the_start(
    victim: str, shop: CloudFolder, owner: Start
) -> None:
    process = owner("wait")

    def it_is_starting() -> ProcessIdentity | None:
        found = shop.read()
        name = "supervisor" if victim == "owner" else victim
        return found.processes.get(name) if found else None

    identity = eventually(it_is_starting, every=0.005)
    assert identity is not None
    traces = Traces(shop)
    if victim == "owner":
        process.kill()
    else:
        identity.send(signal.SIGKILL)
    process.communicate(timeout=ENDS_WITHIN)

    assert nothing_is_left(shop, traces)
    assert the_next_start_works(shop)


def test_nothing_outlives_an_owner_killed_while_it_stops(shop: CloudFolder, owner: Start) -> None:
    process = owner("stop")
    complete_state(shop)
    traces = Traces(shop)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    assert ["running\n", "stopping\n"] == [process.stdout.readline() for _ in range(2)]
    process.kill()

    assert nothing_is_left(shop, traces)
    assert the_next_start_works(shop)


def test_a_released_cloud_outlives_its_starter_and_anyone_can_stop_it(
    shop: CloudFolder, owner: Start, tmp_path: Path
) -> None:
    process = owner("release")
    process.communicate(timeout=ENDS_WITHIN)
    assert 0 == process.returncode
    traces = Traces(shop)
    [found] = LocalCloud.running(tmp_path)
    assert LocalCloud.find("shop", tmp_path) == found

    found.stop()

    assert not shop.path.exists()
    assert nothing_is_left(shop, traces)
    with pytest.raises(LocalCloudError, match="was stopped"):
        found.check()
    found.stop()


def test_several_run_beside_each_other_under_names_and_ports_of_their_own(
    tmp_path: Path, shop: CloudFolder
) -> None:
    def another() -> LocalCloud:
        return LocalCloud.start(shop.name, another=True, root=tmp_path)

    with another() as first, another() as second:
        assert ["shop", "shop-2"] == [first.name, second.name]
        ports = {each.endpoint for each in (first, second)}
        assert 4 == len(ports | {each.provider_endpoint for each in (first, second)})
        assert [first, second] == LocalCloud.running(tmp_path)
