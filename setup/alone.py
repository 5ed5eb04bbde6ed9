"""Run a command as the only set-up of this checkout. Used by `make bootstrap`, which names setup/steps.mk.

A second set-up waits for the first. Needs nothing but the standard library.
"""

import fcntl
import os
import shutil
import sys
from pathlib import Path

TOOLS = Path(".tools")
ENVIRONMENTS = (TOOLS / "uv", TOOLS / "emulator", Path(".venv"))

NEEDED = 1_500_000_000
"""Bytes for an empty checkout: what is installed, its caches and a running local cloud, rounded up."""


def main() -> None:
    """Become the command in the arguments, holding the lock; exits 1 where nothing can be set up."""
    _check_venv()
    _check_disk()
    TOOLS.mkdir(exist_ok=True)
    _lock()
    _note_place()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - a shell would not be the command


def _check_venv() -> None:
    try:
        __import__("venv")
        __import__("ensurepip")
    except ImportError:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        sys.exit(
            "Setting up failed: this Python comes without its venv module: "
            f"install it (Debian, Ubuntu: apt install {package})."
        )


def _check_disk() -> None:
    free = shutil.disk_usage(".").free
    if not TOOLS.exists() and free < NEEDED:
        sys.exit(
            f"Setting up failed: {free / 1e9:.1f} GB are free here, {NEEDED / 1e9:.1f} GB are "
            "needed: make room and try again."
        )


def _lock() -> None:
    """Lock the checkout until this process and all that inherit the descriptor have ended.

    So what a killed set-up left running is waited for as well.
    """
    lock = os.open(TOOLS / "bootstrap.lock", os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(lock, True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("Another set-up runs in this checkout: waiting for it.", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def _note_place() -> None:
    """Remove the environments when the checkout has moved or another Python is used: they name both."""
    place = TOOLS / "place"
    now = f"{Path.cwd()}\n{os.path.realpath(sys.executable)}\n{sys.version}\n"
    if not place.exists() or place.read_text(encoding="utf-8") != now:
        for environment in ENVIRONMENTS:
            shutil.rmtree(environment, ignore_errors=True)
        place.write_text(now, encoding="utf-8")


if __name__ == "__main__":
    main()
