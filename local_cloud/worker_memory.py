"""Find the processes that work for functions, and how much memory each has used at most. Used by the demo and the chaos run.

It reads /proc of Linux; on other systems it finds nothing.
"""

import re
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from local_cloud.supervisor.emulator_process import EMULATOR
from local_cloud.supervisor.state import CloudFolder

PROC = Path("/proc")


def peaks(folder: Path, *, proc: Path = PROC) -> dict[str, int]:
    """Return the largest peak of resident memory by function, in bytes, of the workers that run now.

    *folder* is the cloud's. A function has a process for each invocation that runs beside another.
    """
    found: dict[str, int] = {}
    for each in workers(folder, proc=proc):
        found[each.function] = max(each.peak, found.get(each.function, 0))
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process that works for a function; its resident memory in bytes, now and at most."""

    pid: int
    function: str
    resident: int
    peak: int


def workers(folder: Path, *, proc: Path = PROC) -> list[Worker]:
    """List the workers of the cloud in *folder* that run now, by function and number."""
    state = CloudFolder(path=folder).read()
    emulator = state.processes.get(EMULATOR) if state else None
    if emulator is None or not proc.is_dir():
        return []
    found = (_worker(each, str(emulator.pid)) for each in proc.glob("[0-9]*"))
    return sorted(filter(None, found), key=attrgetter("function", "pid"))


# ministack-lambda-Ordercast-local-Pipeline-SmsSenderFunctionFCA71D89-A3305D1B1D0AB-q4jkzp00/_worker.py
_SCRIPT = re.compile(
    r"ministack-lambda-[^/\0]*?-(?P<name>[A-Za-z]+?)Function[0-9A-F]{8}[^/\0]*/_worker\.py"
)
_PARENT = re.compile(r"^PPid:\s+(\d+)$", re.MULTILINE)
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


def _worker(process: Path, emulator: str) -> Worker | None:
    try:
        script = _SCRIPT.search((process / "cmdline").read_text(errors="replace"))
        status = (process / "status").read_text() if script else ""
    except OSError:  # it has ended
        return None
    parent = _PARENT.search(status)
    peak, resident = _PEAK.search(status), _RESIDENT.search(status)
    if not (script and parent and peak and resident and parent[1] == emulator):
        return None
    return Worker(
        pid=int(process.name),
        function=in_words(script["name"]),
        peak=int(peak[1]) * 1024,
        resident=int(resident[1]) * 1024,
    )


def in_words(name: str) -> str:
    """Write `SmsSender` as "sms sender"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
