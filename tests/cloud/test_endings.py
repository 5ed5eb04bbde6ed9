"""Whichever process of ours is killed, and whenever: nothing of ours stays behind, and the next start works."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.instance import Instance, Record
from local_cloud.processes import ProcessIdentity
from local_cloud.trouble import LocalCloudError
from tests.eventually import eventually
from tests.started import Start, started

ROOT = Path(__file__).resolve().parents[2]

PARTS = ("ministack", "carrier", "event-sources")

OWNER = """
import sys
from pathlib import Path
from local_cloud.cloud import LocalCloud
then = sys.argv[2:]
cloud = LocalCloud.start("shop", root=Path(sys.argv[1]))
print("running", flush=True)
if "deploy" in then:
    cloud.deploy()
if "release" in then:
    cloud.release()
if "stop" in then:
    print("stopping", flush=True)
    cloud.stop()
if "wait" in then:
    sys.stdin.read()
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Instance]:
    """Where the cloud of a test lives; whatever the test leaves is stopped."""
    yield Instance(folder=tmp_path / ".ordercast" / "shop")
    for cloud in LocalCloud.running(tmp_path):
        cloud.stop()


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Start]:
    """Start a process that starts a cloud, and then does what it is told to."""
    with started(OWNER, str(tmp_path)) as start:
        yield start


def start(shop: Instance) -> LocalCloud:
    return LocalCloud.start("shop", root=shop.folder.parents[1])


def record(shop: Instance) -> Record:
    """The record, as soon as every process is in it."""

    def complete() -> Record | None:
        found = shop.read()
        return found if found and {"keeper", *PARTS} <= found.processes.keys() else None

    found = eventually(complete, within=30)
    assert found is not None
    return found


class Traces:
    """Finds what runs of a cloud: whatever names its folder, and the process groups ever seen of it."""

    def __init__(self, shop: Instance) -> None:
        self._shop = shop
        seen = shop.read()
        self._groups = {str(process.pid) for process in seen.processes.values()} if seen else set()

    def look(self) -> list[str]:
        """List the processes, zombies aside, by their arguments."""
        listed = subprocess.run(
            ["ps", "-ww", "-axo", "pgid=,state=,args="],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        found = []
        for group, state, *arguments in (line.split(maxsplit=2) for line in listed):
            named = str(self._shop.folder) in "".join(arguments)
            if not state.startswith("Z") and (named or group in self._groups):
                self._groups.add(group)
                found += arguments
        return found


def nothing_is_left(shop: Instance, traces: Traces) -> bool:
    """Whether soon no process of it runs, and nobody holds its lock."""

    def no_process_of_ours_is_left() -> bool:
        return not traces.look()

    return eventually(no_process_of_ours_is_left, within=8) and not shop.locked()


def the_next_start_works(shop: Instance) -> bool:
    """Whether one can be started in its place, with all its parts, and be stopped for good."""
    with start(shop) as again:
        traces = Traces(shop)
        complete = again.alive() and len(traces.look()) > len(PARTS)
    return complete and not shop.folder.exists() and nothing_is_left(shop, traces)


@pytest.mark.parametrize("victim", PARTS)
def test_a_part_that_is_killed_is_named_and_the_rest_is_stopped(
    victim: str, shop: Instance
) -> None:
    cloud = start(shop)
    seen = record(shop)
    traces = Traces(shop)
    seen.processes[victim].end(signal.SIGKILL)

    def it_has_ended() -> bool:
        return not cloud.alive()

    eventually(it_has_ended)
    found = cloud.trouble()
    assert found is not None
    named = f"{victim} ended unexpectedly (SIGKILL)"
    assert (named, shop.log(victim)) == (found.what, found.log)
    assert f"{named}; log: {found.log}\n" == shop.log("keeper").read_text()
    with pytest.raises(LocalCloudError, match=victim):
        cloud.check()
    assert nothing_is_left(shop, traces)
    cloud.stop()
    assert the_next_start_works(shop)


def test_nothing_outlives_a_killed_keeper(shop: Instance) -> None:
    cloud = start(shop)
    seen = record(shop)
    traces = Traces(shop)
    seen.processes["keeper"].end(signal.SIGKILL)
    assert nothing_is_left(shop, traces)
    with pytest.raises(LocalCloudError, match="has ended"):
        cloud.check()
    cloud.stop()
    assert the_next_start_works(shop)


def test_nothing_outlives_a_killed_owner(shop: Instance, owner: Start) -> None:
    process = owner("wait")
    record(shop)
    traces = Traces(shop)
    process.kill()
    assert nothing_is_left(shop, traces)
    assert the_next_start_works(shop)


@pytest.mark.parametrize("victim", ["owner", "keeper", *PARTS])
def test_nothing_outlives_a_kill_during_the_start(
    victim: str, shop: Instance, owner: Start
) -> None:
    process = owner("wait")

    def it_is_starting() -> ProcessIdentity | None:
        found = shop.read()
        return found.processes.get("keeper" if victim == "owner" else victim) if found else None

    identity = eventually(it_is_starting)
    assert identity is not None
    traces = Traces(shop)
    if victim == "owner":
        process.kill()
    else:
        identity.end(signal.SIGKILL)
    process.communicate()
    assert nothing_is_left(shop, traces)
    assert the_next_start_works(shop)


def test_nothing_outlives_an_owner_killed_while_it_deploys(shop: Instance, owner: Start) -> None:
    process = owner("deploy")
    record(shop)
    traces = Traces(shop)

    def the_cdk_is_at_work() -> bool:
        return any("app.py" in arguments for arguments in traces.look())

    eventually(the_cdk_is_at_work)
    process.kill()
    assert nothing_is_left(shop, traces)
    assert the_next_start_works(shop)


def test_a_deployment_to_a_cloud_that_dies_fails_soon_and_says_what_died(shop: Instance) -> None:
    traces: list[Traces] = []

    def kill_ministack(step: str, state: str) -> None:
        if (step, state) == ("bootstrap the CDK", "started"):
            traces.append(Traces(shop))
            record(shop).processes["ministack"].end(signal.SIGKILL)

    with start(shop) as cloud, pytest.raises(LocalCloudError, match="ministack ended"):
        cloud.deploy(progress=kill_ministack)
    assert nothing_is_left(shop, traces[0])
    assert the_next_start_works(shop)


def test_nothing_outlives_an_owner_killed_while_it_stops(shop: Instance, owner: Start) -> None:
    process = owner("stop")
    record(shop)
    traces = Traces(shop)
    assert process.stdout is not None
    assert ["running\n", "stopping\n"] == [process.stdout.readline() for _ in range(2)]
    process.kill()
    assert nothing_is_left(shop, traces)
    assert the_next_start_works(shop)


def test_a_released_cloud_outlives_its_starter_and_anyone_can_stop_it(
    shop: Instance, owner: Start, tmp_path: Path
) -> None:
    process = owner("release")
    process.communicate()
    assert 0 == process.returncode
    traces = Traces(shop)
    [found] = LocalCloud.running(tmp_path)
    assert LocalCloud.find("shop", tmp_path) == found
    found.stop()
    assert not shop.folder.exists()
    assert nothing_is_left(shop, traces)
    found.stop()


def test_several_run_beside_each_other_under_names_of_their_own(tmp_path: Path) -> None:
    def another() -> LocalCloud:
        return LocalCloud.start("shop", another=True, root=tmp_path)

    with another() as first, another() as second:
        assert ["shop", "shop-2"] == [first.name, second.name]
        assert first.endpoint != second.endpoint
        assert first.carrier != second.carrier
        assert [first, second] == LocalCloud.running(tmp_path)
