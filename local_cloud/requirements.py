"""uv.lock and requirements.in come in; the locked requirements files, or what is stale about them, go out.

`python -m local_cloud.requirements` writes them; with `--check` it writes nothing,
needs no network and fails when one is stale.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXPORTED = ROOT / "requirements.txt"
WANTED = ROOT / "local_cloud/emulator/requirements.in"
COMPILED = ROOT / "local_cloud/emulator/requirements.txt"

HEADER = "# Everything the project uses, from uv.lock, all groups; made by `make requirements`.\n"


def main() -> None:
    """Write both files, or check them when asked to."""
    if sys.argv[1:] == ["--check"]:
        sys.exit("\n".join(stale()) or None)
    EXPORTED.write_text(exported())
    compile_ministack()


def stale() -> list[str]:
    """Say which file no longer says what it is made from; empty when all is well."""
    found = []
    if EXPORTED.read_text() != exported():
        found.append(f"{EXPORTED.name} is not what uv.lock says: run `make requirements`.")
    wanted = [line for line in WANTED.read_text().splitlines() if line and not line.startswith("#")]
    pinned = COMPILED.read_text().splitlines()
    found += [
        f"{COMPILED.relative_to(ROOT)} does not pin {package}: run `make requirements`."
        for package in wanted
        if not any(_pins(line, package) for line in pinned)
    ]
    return found


def exported() -> str:
    """Export all groups with their hashes; fails when uv.lock does not fit pyproject.toml."""
    offline = ("--locked", "--offline")
    return HEADER + _uv("export", *offline, "--all-groups", "--no-emit-project", "--no-header")


def compile_ministack() -> None:
    """Lock the local cloud's environment, which is not the project's; keeps the pins that still fit."""
    _uv(
        *("pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes"),
        *("--no-emit-index-url", "--custom-compile-command", "make requirements"),
        *(str(WANTED), "--output-file", str(COMPILED)),
    )


def _pins(line: str, package: str) -> bool:
    return line.split(" ", maxsplit=1)[0] == package or line.startswith(f"{package}==")


def _uv(*arguments: str) -> str:
    uv = Path(sys.executable).parent / "uv"
    return subprocess.run(
        [uv, "--quiet", *arguments], cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE
    ).stdout


if __name__ == "__main__":
    main()
