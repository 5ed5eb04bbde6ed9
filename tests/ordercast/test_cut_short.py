"""Whoever is killed while a local cloud is made leaves nothing of it; what was made in full stays."""

import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.instance import Instance
from local_cloud.keeping import clear_if_dead
from local_cloud.processes import ProcessIdentity
from tests.cheap_cloud import COMMAND_LINE
from tests.eventually import eventually
from tests.started import Running, Start, started

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ordercast() -> Iterator[Start]:
    """The command line as a process, whose deployment waits for us."""
    with started(COMMAND_LINE) as start:
        yield start


def deploying(process: Running) -> Instance:
    """Wait until it deploys; where to."""
    assert process.stdout is not None
    said = iter(process.stdout)
    name = next(line.split()[-1] for line in said if "deploying to" in line)
    return Instance(folder=ROOT / ".ordercast" / name)


def forget(cloud: Instance) -> None:
    """Remove what is kept of it for a person to read."""
    clear_if_dead(cloud)
    Path(f"{cloud.folder}.lock").unlink()


def processes(of: Instance) -> list[ProcessIdentity]:
    record = of.read()
    assert record is not None
    assert {"keeper", "ministack", "carrier", "event-sources"} == record.processes.keys()
    return list(record.processes.values())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
@pytest.mark.parametrize("words", [["up", "--name", "NEW"], ["demo", "--keep"]], ids=["up", "demo"])
def test_nothing_is_left_of_a_cloud_that_was_to_be_kept_and_is_half_deployed(
    ordercast: Start, words: list[str], number: signal.Signals
) -> None:
    process = ordercast(*[f"test-{uuid4().hex[:8]}" if word == "NEW" else word for word in words])
    cloud = deploying(process)
    left = processes(cloud)
    process.send_signal(number)
    process.wait()

    def all_of_it_has_ended() -> bool:
        return not any(each.alive() for each in left) and not cloud.locked()

    assert eventually(all_of_it_has_ended)
    assert 0 != process.returncode
    forget(cloud)


def test_a_cloud_that_is_deployed_outlives_the_command(ordercast: Start) -> None:
    name = f"test-{uuid4().hex[:8]}"
    process = ordercast("up", "--name", name)
    cloud = deploying(process)
    told, _ = process.communicate()

    assert 0 == process.returncode
    assert "is up at" in told
    found = LocalCloud.find(name)
    assert found is not None
    found.check()
    found.stop()
    forget(cloud)


@pytest.mark.parametrize(
    ("victim", "named"),
    [
        ("carrier", "✗ carrier ended unexpectedly (SIGKILL)"),
        ("keeper", "✗ the local cloud has ended"),
    ],
)
def test_whoever_comes_back_to_a_cloud_of_which_a_part_has_died_is_told_which(
    ordercast: Start, victim: str, named: str
) -> None:
    name = f"test-{uuid4().hex[:8]}"
    ordercast("up", "--name", name).communicate()
    cloud = Instance(folder=ROOT / ".ordercast" / name)
    record = cloud.read()
    assert record is not None
    record.processes[victim].end(signal.SIGKILL)

    def it_has_ended() -> bool:
        return not cloud.locked()

    assert eventually(it_has_ended)
    process = ordercast("inbox", "--cloud", name)
    told, _ = process.communicate()

    assert 1 == process.returncode
    assert named in told
    assert f"its log: {cloud.log(victim)}\n" in told
    assert "start it again" in told
    forget(cloud)


def test_a_part_that_dies_during_the_deployment_is_named_to_whoever_typed_up(
    ordercast: Start,
) -> None:
    process = ordercast("up", "--name", f"test-{uuid4().hex[:8]}")
    cloud = deploying(process)
    record = cloud.read()
    assert record is not None
    record.processes["carrier"].end(signal.SIGKILL)
    assert process.stdout is not None
    told = process.stdout.read()

    assert 1 == process.wait()
    assert "✗ carrier ended unexpectedly (SIGKILL)" in told
    assert f"its log: {cloud.log('carrier')}\n" in told
    assert "start it again" in told
    assert not cloud.locked()
    forget(cloud)
