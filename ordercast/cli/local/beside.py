"""Start a console beside a local cloud, which ends with it. Used by the commands `up` and `demo`."""

import re
import select
import subprocess
import sys
from importlib.util import find_spec
from typing import IO

from local_cloud.cloud import LocalCloud
from ordercast.cli.console import EXTRA

STARTS_WITHIN = 30.0
"""Seconds after which it is not waited for any more."""

_COMMAND = "from ordercast.cli import main; main()"


def console_beside(cloud: LocalCloud) -> str | None:
    """Start a console that only reads; return its address, None if there is none."""
    if not find_spec(EXTRA):
        return None
    started = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, "console", "--cloud", cloud.name],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl-C here is not meant for it
    )
    said = started.stdout
    if said is None:
        return None
    with said:
        address = _address(said)
    if address is None:
        started.kill()
        started.wait()
    return address


def _address(said: IO[str]) -> str | None:
    """Read the address that it prints."""
    ready = True
    while ready:
        ready = bool(select.select([said], [], [], STARTS_WITHIN)[0])
        line = said.readline() if ready else ""
        if found := re.search(r"http://\S+", line):
            return found[0]
        ready = bool(line)
    return None
