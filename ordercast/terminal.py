"""Where commands speak to a person: answers to one side, what is wrong to the other."""

import shlex
import shutil
import sys
from pathlib import Path

from rich.console import Console

console = Console(highlight=False)
complaints = Console(stderr=True, highlight=False)


def called() -> str:
    """Say how this command was called, for advice that can be pasted."""
    program = Path(sys.argv[0])
    if shutil.which(program.name) == str(program):
        return program.name
    if program.is_relative_to(Path.cwd()):
        program = program.relative_to(Path.cwd())
    return shlex.quote(str(program))
