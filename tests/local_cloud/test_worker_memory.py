"""The peak of a function's memory is read from its worker processes."""

from pathlib import Path

from local_cloud.supervisor.processes import ProcessIdentity
from local_cloud.supervisor.state import CloudFolder, CloudState
from local_cloud.worker_memory import peaks

SCRIPT = "/x/tmp/ministack-lambda-Ordercast-local-Pipeline-{}Function1A2B3C4D5E-9F8-q4jk/_worker.py"


def process(proc: Path, pid: int, *, parent: int, function: str, peak: int) -> None:
    folder = proc / str(pid)
    folder.mkdir(parents=True)
    (folder / "cmdline").write_text(f"/x/bin/python\0{SCRIPT.format(function)}\0")
    (folder / "status").write_text(
        f"Name:\tpython\nPPid:\t{parent}\nVmHWM:\t   {peak} kB\nVmRSS:\t   1 kB\n"
    )


def test_each_function_has_the_largest_peak_of_its_own_workers(tmp_path: Path) -> None:
    cloud, proc = tmp_path / "cloud", tmp_path / "proc"
    folder = CloudFolder(path=cloud)
    folder.create()
    emulator = ProcessIdentity(pid=7, started=0.0)
    folder.write(CloudState(phase="running", processes={"emulator": emulator}))
    process(proc, 11, parent=7, function="SmsSender", peak=60_000)
    process(proc, 12, parent=7, function="SmsSender", peak=61_000)
    process(proc, 13, parent=7, function="OrderRelay", peak=70_000)
    process(proc, 14, parent=8, function="OrderRelay", peak=99_000)

    assert {"order relay": 70_000 * 1024, "sms sender": 61_000 * 1024} == peaks(cloud, proc=proc)


def test_where_nothing_can_be_known_nothing_is_said(tmp_path: Path) -> None:
    assert {} == peaks(tmp_path / "no-cloud", proc=tmp_path)
