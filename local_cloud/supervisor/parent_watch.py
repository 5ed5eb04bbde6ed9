"""Notice the end of the parent process, however it ends. Used by the supervisor, the emulator and attached runs.

The parent holds the write end of a pipe that is the child's standard input. When the parent ends,
by SIGKILL too, the kernel closes its end and the child reads the end of the file. Unlike asking
the kernel for a signal at the parent's death, that works on every Unix.

The emulator imports this module in an environment of its own: standard library only.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


RELEASE = b"release\n"
"""The last words of a parent whose child may outlive it."""


def when_parent_ends(then: Callable[[], object], *, pipe: int = 0) -> threading.Thread:
    """Call *then* once, from a thread of its own, when the *pipe* reaches its end.

    It is not called when the last bytes were RELEASE. Other bytes are read and dropped.
    """
    thread = threading.Thread(target=_watch, args=(then, pipe), daemon=True, name="parent-watch")
    thread.start()
    return thread


def _watch(then: Callable[[], object], pipe: int) -> None:
    last = b""
    while more := _read(pipe):
        last = (last + more)[-len(RELEASE) :]
    if last != RELEASE:
        then()


def _read(pipe: int) -> bytes:
    try:
        return os.read(pipe, 4096)
    except OSError:  # this process closed it
        return b""
