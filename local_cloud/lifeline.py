"""The end of a process's standard input, which is its owner's end, comes in; what is then done goes out.

The owner keeps the write end of a pipe; all it ever writes to it is, at most, that it lets go.
However the owner goes, SIGKILL included, the kernel closes that end, and the
reader sees the end of the file. That works on every Unix, unlike asking the
kernel for a signal when the parent dies.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


RELEASE = b"release\n"
"""An owner's last word: what it owned may outlive it."""


def when_owner_ends(then: Callable[[], object], *, lifeline: int = 0) -> threading.Thread:
    """Call *then* once, from a thread of its own, when the *lifeline* reaches its end.

    Not when the owner's last word was RELEASE; whatever else it writes is read and dropped.
    """
    thread = threading.Thread(target=_watch, args=(then, lifeline), daemon=True, name="lifeline")
    thread.start()
    return thread


def _watch(then: Callable[[], object], lifeline: int) -> None:
    last = b""
    while more := _more(lifeline):
        last = (last + more)[-len(RELEASE) :]
    if last != RELEASE:
        then()


def _more(lifeline: int) -> bytes:
    try:
        return os.read(lifeline, 4096)
    except OSError:  # closed under us: nobody holds the other end for us any more
        return b""
