"""Vary inputs towards code that none has reached yet, by atheris. Used by `make fuzz`.

What the fuzzer varies is a tape of choices; the generators make the reader's input from it. Tapes
that reach something new are kept in `corpus`, one in hexadecimal a line, and read by each test run.
"""

import argparse
import importlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.fuzzing.inputs import CORPUS

NEEDED = (3, 11), "linux"
"""The one version of Python, and the system, for which atheris 3.0.0 is built."""

KEPT = 150
"""Tapes of a reader that are kept, the shortest."""

_INSTRUMENTED = ("ordercast", "phonenumbers", "json")


def main(arguments: list[str]) -> int:
    """Fuzz each reader for a while in a process of its own; return how many were read wrongly."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing.guided", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each reader")
    parser.add_argument("--runs", type=int, help="of each reader, the same each time; no seconds")
    parser.add_argument("--only", help="one reader")
    parser.add_argument("--keep", action="store_true", help="keep the tapes that reach most")
    parser.add_argument("--in-folder", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if (sys.version_info[:2], sys.platform) != NEEDED:
        return _left_out()
    if options.in_folder:
        return _fuzz(options)
    readers = importlib.import_module("tests.fuzzing.readers").READERS
    names = [options.only] if options.only else [*readers]
    return sum(not _fuzzed(name, options) for name in names)


def tapes(name: str) -> list[bytes]:
    """Return the kept tapes of a reader."""
    path = CORPUS / f"{name}.tapes"
    return [bytes.fromhex(each) for each in path.read_text().splitlines()] if path.exists() else []


def _left_out() -> int:
    version = ".".join(map(str, sys.version_info[:2]))
    print(
        "LEFT OUT: fuzzing that is guided by coverage needs atheris 3.0.0, which is built for"
        f" Python 3.11 on Linux alone; this is Python {version} on {sys.platform}."
        " Set up with PYTHON=python3.11, or run `python -m tests.fuzzing`, which needs neither.",
        file=sys.stderr,
    )
    return 1


def _fuzzed(name: str, options: argparse.Namespace) -> bool:
    """Fuzz one reader in a process of its own, which libFuzzer ends; tell whether it found nothing."""
    budget = f"--runs={options.runs}" if options.runs else f"--seconds={options.seconds}"
    own = [sys.executable, "-m", "tests.fuzzing.guided", budget, f"--only={name}"]
    with tempfile.TemporaryDirectory() as folder:
        for number, each in enumerate(tapes(name)):
            (Path(folder) / f"kept-{number}").write_bytes(each)
        done = subprocess.run([*own, f"--in-folder={folder}"], check=False)
        if options.keep and done.returncode == 0:
            found = sorted({each.read_bytes() for each in Path(folder).iterdir()}, key=len)
            lines = sorted(f"{each.hex()}\n" for each in found[:KEPT])
            (CORPUS / f"{name}.tapes").write_text("".join(lines))
    return done.returncode == 0


def _fuzz(options: argparse.Namespace) -> int:
    """Fuzz one reader; its code is instrumented while it is imported."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=[*_INSTRUMENTED]):
        reader = importlib.import_module("tests.fuzzing.readers").READERS[options.only]
    fault_in = importlib.import_module("tests.fuzzing.mutated").fault_in
    tape = importlib.import_module("tests.fuzzing.chance").Tape

    def one(content: bytes) -> None:
        if fault := fault_in(reader, tape(content)):
            raise AssertionError(f"{options.only}: {fault}; the tape is {content.hex()}")

    budget = [f"-max_total_time={options.seconds}"]
    if options.runs:
        budget = [f"-runs={options.runs}", "-seed=1"]
    limits = [*budget, "-max_len=128", "-timeout=10", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *limits, "-print_final_stats=1", options.in_folder], one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
