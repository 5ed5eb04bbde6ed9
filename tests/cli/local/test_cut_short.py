"""A command that is killed while it makes a local cloud leaves nothing of it; a deployed one stays."""

import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.supervisor.client import clear_if_ended
from local_cloud.supervisor.processes import ProcessIdentity
from local_cloud.supervisor.state import CloudFolder
from tests.cheap_cloud import COMMAND_LINE
from tests.eventually import eventually
from tests.started import ENDS_WITHIN, Running, Start, started

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def ordercast() -> Iterator[Start]:
    """The command line as a process, whose deployment waits for us."""
    with started(COMMAND_LINE) as start:
        yield start


def deploying(process: Running) -> CloudFolder:
    """Wait until it deploys; where to."""
    assert process.stdout is not None
    said = iter(process.stdout)
    name = next(line.split()[-1] for line in said if "deploying to" in line)
    return CloudFolder(path=ROOT / ".ordercast" / name)


def forget(cloud: CloudFolder) -> None:
    """Remove what is kept of it for a person to read."""
    clear_if_ended(cloud)
    Path(f"{cloud.path}.lock").unlink()


def processes(of: CloudFolder) -> list[ProcessIdentity]:
    state = of.read()
    assert state is not None
    assert {"supervisor", "emulator"} == state.processes.keys()
    return list(state.processes.values())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
@pytest.mark.parametrize("words", [["up", "--name", "NEW"], ["demo", "--keep"]], ids=["up", "demo"])
def test_nothing_is_left_of_a_cloud_that_was_to_be_kept_and_is_half_deployed(
    ordercast: Start, words: list[str], number: signal.Signals
) -> None:
    process = ordercast(*[f"test-{uuid4().hex[:8]}" if word == "NEW" else word for word in words])
    cloud = deploying(process)
    left = processes(cloud)
    process.send_signal(number)
    process.wait(ENDS_WITHIN)

    def all_of_it_has_ended() -> bool:
        return not any(each.alive() for each in left) and not cloud.locked()

    assert eventually(all_of_it_has_ended)
    assert 0 != process.returncode
    forget(cloud)


def test_a_cloud_that_is_deployed_outlives_the_command(ordercast: Start) -> None:
    name = f"test-{uuid4().hex[:8]}"
    process = ordercast("up", "--name", name)
    cloud = deploying(process)
    output, _ = process.communicate(timeout=ENDS_WITHIN)

    assert 0 == process.returncode
    assert "is up at" in output
    found = LocalCloud.find(name)
    assert found is not None
    found.check()
    found.stop()
    forget(cloud)


@pytest.mark.parametrize(
    ("victim", "named"),
    [
        ("emulator", "✗ emulator ended unexpectedly (SIGKILL)"),
        ("supervisor", "✗ supervisor ended unexpectedly"),
    ],
)
def test_a_command_on_a_cloud_of_which_a_process_has_died_names_it(
    ordercast: Start, victim: str, named: str
) -> None:
    name = f"test-{uuid4().hex[:8]}"
    ordercast("up", "--name", name).communicate(timeout=ENDS_WITHIN)
    cloud = CloudFolder(path=ROOT / ".ordercast" / name)
    state = cloud.read()
    assert state is not None
    state.processes[victim].send(signal.SIGKILL)

    def it_has_ended() -> bool:
        return not cloud.locked()

    assert eventually(it_has_ended)
    process = ordercast("inbox", "--cloud", name)
    output, _ = process.communicate(timeout=ENDS_WITHIN)

    assert 1 == process.returncode
    assert named in output
    assert f"its log: {cloud.log(victim)}\n" in output
    assert "start it again" in output
    forget(cloud)


def test_a_process_that_dies_during_the_deployment_is_named_by_up(
    ordercast: Start,
) -> None:
    process = ordercast("up", "--name", f"test-{uuid4().hex[:8]}")
    cloud = deploying(process)
    state = cloud.read()
    assert state is not None
    state.processes["emulator"].send(signal.SIGKILL)
    # Its input stays open: without it, it would take itself for deployed.
    assert 1 == process.wait(ENDS_WITHIN)
    assert process.stdout is not None
    output = process.stdout.read()

    assert "✗ emulator ended unexpectedly (SIGKILL)" in output
    assert f"its log: {cloud.log('emulator')}\n" in output
    assert "start it again" in output
    assert not cloud.locked()
    forget(cloud)
