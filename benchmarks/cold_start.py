"""Count the instructions of importing each function, and list the packages that it imports. Used by hand.

`python -m benchmarks.cold_start` needs valgrind. It counts in the bundle of this machine, with its
bytecode and without the site's packages; counts differ by less than 1 % between runs.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.bundling.bundle import recipe
from pipeline.settings.files import read_stage

FUNCTIONS = {
    "processors.order_relay": 1_203,
    "processors.sms_sender": 1_198,
    "processors.email_sender": 1_198,
    "analytics.processor": 885,
}
"""The module of a handler, and the millions of instructions of importing it in November 2026."""

GOALS = {name: 0.80 if name.startswith("analytics") else 0.85 for name in FUNCTIONS}
"""What may be left of that."""

_IMPORT = "import sys; sys.path.insert(0, sys.argv[1]); before = set(sys.modules); import {}; "
_SAY = "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"


def main() -> None:
    """Print each function's instructions beside its goal, and its packages."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder)
        recipe(read_stage("local").target).fill(bundle)
        for function, before in FUNCTIONS.items():
            millions = instructions(bundle, function) // 1_000_000
            most = int(GOALS[function] * before)
            print(f"{function}: {millions:,} million instructions; the goal is {most:,}")
            print(f"  {', '.join(packages(bundle, function))}")


def instructions(bundle: Path, function: str) -> int:
    """Return what importing a handler's module takes, the interpreter's own start included."""
    callgrind = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
    collected = re.search(r"Collected : (\d+)", _run(bundle, function, *callgrind).stderr)
    if collected is None:
        raise LookupError("valgrind has counted nothing")
    return int(collected[1])


def packages(bundle: Path, function: str) -> list[str]:
    """Return the packages and modules that are there after the import and were not before, by the bundle."""
    found = _run(bundle, function).stdout.split()
    return [each for each in found if (bundle / each).is_dir() or (bundle / f"{each}.py").exists()]


def _run(bundle: Path, function: str, *under: str) -> subprocess.CompletedProcess[str]:
    program = (_IMPORT.format(function) + _SAY, str(bundle))
    return subprocess.run(
        (*under, str(Path(sys.executable).resolve()), "-S", "-P", "-c", *program),
        env={"PYTHONHASHSEED": "0", "PATH": "/usr/bin:/bin"},
        cwd=bundle,
        capture_output=True,
        text=True,
        check=True,
    )


if __name__ == "__main__":
    main()
