"""Start Python processes that a test talks to, and kill what is left of them. Used by tests of endings."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from tests.pages import ROOT

Running = subprocess.Popen[str]

ENDS_WITHIN = 60.0  # seconds, after which a test fails instead of waiting on

DEFAULT_SIGNALS = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
"""
"""As at a terminal: `nohup` and shells that put tests into the background leave these ignored."""


class Start(Protocol):
    """Start a process with more words behind its own."""

    def __call__(self, *words: str) -> Running:
        """Return it as it runs."""


@contextmanager
def started(script: str, *first: str) -> Iterator[Start]:
    """Let Python scripts be started, in the checkout, whose input and output are the test's."""
    running: list[Running] = []

    def start(*words: str) -> Running:
        process = subprocess.Popen(
            [sys.executable, "-c", DEFAULT_SIGNALS + script, *first, *words],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        return process

    try:
        yield start
    finally:
        for process in running:
            process.kill()
            process.communicate()
