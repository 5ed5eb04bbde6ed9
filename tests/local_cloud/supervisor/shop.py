"""Start a local cloud in a test's own folder, and find what is left of it. Used by the tests of endings."""

import os
from pathlib import Path

import psutil

from local_cloud.cloud import LocalCloud
from local_cloud.supervisor.state import CloudFolder, CloudState
from tests.eventually import eventually

PROCESSES = ("supervisor", "emulator")

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
    sys.stdin.readline()
    print("stopping", flush=True)
    cloud.stop()
if "wait" in then:
    sys.stdin.read()
"""
"""A process that starts a local cloud, and then does what its arguments say."""


def folder_in(root: Path) -> CloudFolder:
    return CloudFolder(path=root / ".ordercast" / "shop")


def start(shop: CloudFolder) -> LocalCloud:
    return LocalCloud.start("shop", root=shop.path.parents[1])


def complete_state(shop: CloudFolder) -> CloudState:
    """Return the state, as soon as every process is in it."""

    def complete() -> CloudState | None:
        found = shop.read()
        return found if found and set(PROCESSES) <= found.processes.keys() else None

    found = eventually(complete, within=30)
    assert found is not None
    return found


class Traces:
    """Finds the processes of a local cloud.

    They name its folder, in an argument or in their environment, or are of a process group that
    was ever seen of it.
    """

    def __init__(self, shop: CloudFolder) -> None:
        self._folder = str(shop.path)
        seen = shop.read()
        self._groups = {process.pid for process in seen.processes.values()} if seen else set()

    def look(self) -> list[str]:
        """List the processes, zombies aside, by their arguments."""
        found = []
        for process in psutil.process_iter():
            try:
                arguments, environment = process.cmdline(), process.environ()
                group = os.getpgid(process.pid)
            except (psutil.Error, OSError):  # it has ended, or is another user's
                continue
            named = self._folder in " ".join([*arguments, *environment.values()])
            if named or group in self._groups:
                self._groups.add(group)
                found.append(" ".join(arguments))
        return found


def nothing_is_left(shop: CloudFolder, traces: Traces) -> bool:
    """Whether soon no process of it runs, and its lock is free."""

    def no_process_and_no_lock_is_left() -> bool:
        return not traces.look() and not shop.locked()

    return eventually(no_process_and_no_lock_is_left, within=8)


def the_next_start_works(shop: CloudFolder) -> bool:
    """Whether one can be started in its place, with all its processes, and be stopped for good."""
    with start(shop) as again:
        traces = Traces(shop)
        complete = again.alive() and len(traces.look()) >= len(PROCESSES)
    return complete and not shop.path.exists() and nothing_is_left(shop, traces)
