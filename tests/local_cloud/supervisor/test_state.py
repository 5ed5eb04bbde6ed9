"""A lock says whether a supervisor lives; a folder whose lock is free is removed, with the processes left of it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.errors import LocalCloudError
from local_cloud.supervisor.processes import ProcessIdentity
from local_cloud.supervisor.state import CloudFolder, CloudState


@pytest.fixture
def folder(tmp_path: Path) -> CloudFolder:
    return CloudFolder(path=tmp_path / ".ordercast" / "shop")


def test_what_is_written_down_is_read_again(folder: CloudFolder) -> None:
    folder.create()
    assert folder.read() is None
    me = ProcessIdentity.of(os.getpid())
    assert me is not None
    state = CloudState(
        phase="failed", endpoint="e", provider_endpoint="p", failure="f", processes={"me": me}
    )
    folder.write(state)
    assert state == folder.read()


def test_a_process_that_inherits_the_lock_holds_it(folder: CloudFolder) -> None:
    lock = folder.lock()
    assert lock is not None
    assert folder.lock(within=0) is None
    heir = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock]
    )
    os.close(lock)
    assert folder.locked()
    heir.communicate()
    assert not folder.locked()


def test_what_a_killed_supervisor_left_is_ended_and_removed(folder: CloudFolder) -> None:
    folder.create()
    left = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    )
    identity = ProcessIdentity.of(left.pid)
    assert identity is not None
    folder.write(CloudState(phase="running", processes={"emulator": identity}))
    assert ["shop"] == LocalCloud.remove_ended(folder.path.parents[1])
    assert not folder.path.exists()
    assert left.wait() < 0
    left.communicate()


def test_what_runs_is_not_removed(folder: CloudFolder) -> None:
    folder.create()
    lock = folder.lock()
    assert lock is not None
    assert [] == LocalCloud.remove_ended(folder.path.parents[1])
    os.close(lock)
    assert folder.path.exists()


def test_logs_of_a_failure_outlast_everything_else(folder: CloudFolder) -> None:
    folder.create()
    folder.write(CloudState(phase="failed"))
    folder.log("supervisor").write_text("why")
    folder.clear(keep_logs=True)
    assert ["logs"] == [entry.name for entry in folder.path.iterdir()]
    assert "why" == folder.log("supervisor").read_text()


def test_a_name_that_is_taken_is_refused_unless_another_will_do(folder: CloudFolder) -> None:
    lock = folder.lock()
    assert lock is not None
    with pytest.raises(LocalCloudError, match="shop runs already"):
        LocalCloud.start("shop", root=folder.path.parents[1])
    os.close(lock)


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "../shop", "-a", "a b", "a\n", "ä"])
def test_a_name_that_leads_elsewhere_is_refused_and_nothing_is_touched(
    tmp_path: Path, name: str
) -> None:
    """Once `--name ..` emptied the checkout, for a folder is emptied before it is used."""
    mine = tmp_path / "shop" / "mine.txt"
    mine.parent.mkdir()
    mine.touch()

    for chosen in (name, str(mine.parent)):
        with pytest.raises(LocalCloudError, match="cannot be called"):
            LocalCloud.start(chosen, root=tmp_path)

    assert mine.exists()
    assert ["shop"] == [entry.name for entry in tmp_path.iterdir()]


def test_what_a_local_cloud_keeps_is_its_owners_alone(folder: CloudFolder) -> None:
    """The messages of the orders that a developer tries."""
    folder.create()
    assert 0o700 == stat.S_IMODE(folder.path.stat().st_mode)
