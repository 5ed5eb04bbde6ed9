"""Count the instructions of a cold start of each function, and list the packages that it imports. Used by hand and by tests.

`python -m benchmarks.cold_start` needs valgrind. It counts in the bundle of this machine, with its
bytecode and without the site's packages; counts differ by less than 1 % between runs.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import first_calls
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

FIRST_CALLS = 2_050
"""The millions of importing the relay, making its clients and two first calls, in November 2026."""

_IMPORT = "import sys; sys.path.insert(0, sys.argv[1]); before = set(sys.modules); import {}; "
_SAY = "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"


def main() -> None:
    """Print each function's instructions beside its goal, and its packages."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder)
        fill(bundle)
        for function, before in FUNCTIONS.items():
            _show(function, instructions(bundle, importing(function)), GOALS[function] * before)
            print(f"  {', '.join(packages(bundle, function))}")
        calls = Path(first_calls.__file__).read_text()
        _show("relay, clients, two calls", instructions(bundle, calls), 0.80 * FIRST_CALLS)


def fill(bundle: Path) -> None:
    """Put this machine's bundle into an empty folder."""
    recipe(read_stage("local").target).fill(bundle)


def importing(function: str) -> str:
    """Return a program that imports a handler's module and prints what it has brought."""
    return _IMPORT.format(function) + _SAY


def instructions(bundle: Path, program: str) -> int:
    """Return what a program takes in the bundle, the interpreter's own start included."""
    callgrind = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
    collected = re.search(r"Collected : (\d+)", run(bundle, program, *callgrind).stderr)
    if collected is None:
        raise LookupError("valgrind has counted nothing")
    return int(collected[1])


def packages(bundle: Path, function: str) -> list[str]:
    """Return the packages and modules that are there after the import and were not before, by the bundle."""
    found = run(bundle, importing(function)).stdout.split()
    return [each for each in found if (bundle / each).is_dir() or (bundle / f"{each}.py").exists()]


def run(bundle: Path, program: str, *under: str) -> subprocess.CompletedProcess[str]:
    """Run a program with the bundle as its only packages."""
    return subprocess.run(
        (*under, str(Path(sys.executable).resolve()), "-S", "-P", "-c", program, str(bundle)),
        env={"PYTHONHASHSEED": "0", "PATH": "/usr/bin:/bin"},
        cwd=bundle,
        capture_output=True,
        text=True,
        check=True,
    )


def _show(what: str, counted: int, goal: float) -> None:
    print(f"{what}: {counted // 1_000_000:,} million instructions; the goal is {int(goal):,}")


if __name__ == "__main__":
    main()
