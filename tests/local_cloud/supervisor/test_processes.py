"""A process is known by more than its number."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from local_cloud.supervisor.processes import ProcessIdentity
from tests.eventually import eventually


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    ) as process:
        yield process
        process.kill()


def test_a_running_process_is_recognised(sleeper: subprocess.Popen[bytes]) -> None:
    identity = ProcessIdentity.of(sleeper.pid)
    assert identity is not None
    assert identity.alive()
    assert identity == ProcessIdentity.of(sleeper.pid)


def test_an_ended_process_is_not_alive_even_before_its_parent_has_looked(
    sleeper: subprocess.Popen[bytes],
) -> None:
    identity = ProcessIdentity.of(sleeper.pid)
    assert identity is not None
    os.kill(sleeper.pid, signal.SIGKILL)

    def it_is_dead() -> bool:
        return not identity.alive()

    eventually(it_is_dead)
    assert sleeper.returncode is None


def test_a_recycled_number_is_never_hurt(sleeper: subprocess.Popen[bytes]) -> None:
    """The number is in use again, by a process that started later."""
    identity = ProcessIdentity.of(sleeper.pid)
    assert identity is not None
    earlier = replace(identity, started=identity.started - 60)
    earlier.kill_group()
    earlier.send(signal.SIGKILL)
    assert identity.alive()
    identity.kill_group()
    assert -signal.SIGKILL == sleeper.wait()
