"""A lock says who lives; a folder whose lock is free may go, and what its processes were goes with it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.instance import Instance, Record
from local_cloud.processes import ProcessIdentity
from local_cloud.trouble import LocalCloudError


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(folder=tmp_path / ".ordercast" / "shop")


def test_what_is_written_down_is_read_again(instance: Instance) -> None:
    instance.create()
    assert instance.read() is None
    me = ProcessIdentity.of(os.getpid())
    assert me is not None
    record = Record(state="failed", endpoint="e", carrier="c", trouble="t", processes={"me": me})
    instance.write(record)
    assert record == instance.read()


def test_the_lock_is_held_by_whoever_inherits_it(instance: Instance) -> None:
    lock = instance.lock()
    assert lock is not None
    assert instance.lock(patience=0) is None
    heir = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock]
    )
    os.close(lock)
    assert instance.locked()
    heir.communicate()
    assert not instance.locked()


def test_what_a_killed_keeper_left_is_ended_and_removed(instance: Instance) -> None:
    instance.create()
    left = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    )
    identity = ProcessIdentity.of(left.pid)
    assert identity is not None
    instance.write(Record(state="running", processes={"carrier": identity}))
    assert ["shop"] == LocalCloud.sweep(instance.folder.parents[1])
    assert not instance.folder.exists()
    assert left.wait() < 0
    left.communicate()


def test_what_lives_is_not_swept(instance: Instance) -> None:
    instance.create()
    lock = instance.lock()
    assert lock is not None
    assert [] == LocalCloud.sweep(instance.folder.parents[1])
    os.close(lock)
    assert instance.folder.exists()


def test_logs_of_a_failure_outlast_everything_else(instance: Instance) -> None:
    instance.create()
    instance.write(Record(state="failed"))
    instance.log("keeper").write_text("why")
    instance.clear(keep_logs=True)
    assert ["logs"] == [entry.name for entry in instance.folder.iterdir()]
    assert "why" == instance.log("keeper").read_text()


def test_a_name_that_is_taken_is_refused_unless_another_will_do(instance: Instance) -> None:
    lock = instance.lock()
    assert lock is not None
    with pytest.raises(LocalCloudError, match="shop runs already"):
        LocalCloud.start("shop", root=instance.folder.parents[1])
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


def test_what_a_local_cloud_keeps_is_its_owners_alone(instance: Instance) -> None:
    """Text messages and e-mails, to whomever a developer chose to write."""
    instance.create()
    assert 0o700 == stat.S_IMODE(instance.folder.stat().st_mode)
