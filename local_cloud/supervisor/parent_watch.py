"""Notice the end of the parent process, however it ends. Used by the supervisor, the emulator and attached runs.

The parent holds the write end of a pipe that is the child's standard input. When the parent ends,
by SIGKILL too, the kernel closes its end and the child reads the end of the file. Unlike asking
the kernel for a signal at the parent's death, that works on every Unix.

The emulator imports this module in an environment of its own: standard library only.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


RELEASE = b"release\n"
"""The last words of a parent whose child may outlive it."""


def when_parent_ends(then: Callable[[], object]) -> None:
    """Call *then* once, from a thread of its own, when standard input ends with anything but RELEASE."""
    threading.Thread(target=_watch, args=(then,), daemon=True, name="parent-watch").start()


def _watch(then: Callable[[], object]) -> None:
    # Unbuffered: a thread that waits inside sys.stdin would hold its lock when Python ends.
    with open(0, "rb", buffering=0, closefd=False) as pipe:
        if not pipe.read().endswith(RELEASE):
            then()
