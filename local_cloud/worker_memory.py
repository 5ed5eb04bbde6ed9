"""Read how much memory each function's processes have used at most. Used by the demo.

It reads /proc of Linux; on other systems it finds nothing.
"""

import re
from pathlib import Path

from local_cloud.supervisor.emulator_process import EMULATOR
from local_cloud.supervisor.state import CloudFolder

PROC = Path("/proc")


def peaks(folder: Path, *, proc: Path = PROC) -> dict[str, int]:
    """Return the largest peak of resident memory by function, in bytes, of the workers that run now.

    *folder* is the cloud's. A function has a process for each invocation that runs beside another.
    """
    state = CloudFolder(path=folder).read()
    emulator = state.processes.get(EMULATOR) if state else None
    if emulator is None or not proc.is_dir():
        return {}
    found: dict[str, int] = {}
    for each in proc.glob("[0-9]*"):
        function, peak = _worker(each, str(emulator.pid))
        if function:
            found[function] = max(peak, found.get(function, 0))
    return dict(sorted(found.items()))


# ministack-lambda-Ordercast-local-Pipeline-SmsSenderFunctionFCA71D89-A3305D1B1D0AB-q4jkzp00/_worker.py
_SCRIPT = re.compile(
    r"ministack-lambda-[^/\0]*?-(?P<name>[A-Za-z]+?)Function[0-9A-F]{8}[^/\0]*/_worker\.py"
)
_PARENT = re.compile(r"^PPid:\s+(\d+)$", re.MULTILINE)
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


def _worker(process: Path, emulator: str) -> tuple[str, int]:
    """Return the function that the process works for, if any, and its peak in bytes."""
    try:
        script = _SCRIPT.search((process / "cmdline").read_text(errors="replace"))
        status = (process / "status").read_text() if script else ""
    except OSError:  # it has ended
        return "", 0
    parent, peak = _PARENT.search(status), _PEAK.search(status)
    if not (script and parent and peak and parent[1] == emulator):
        return "", 0
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", script["name"]).lower(), int(peak[1]) * 1024
