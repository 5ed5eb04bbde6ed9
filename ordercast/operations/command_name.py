"""Return the name by which this command was called, for advice that can be pasted. Used by hints."""

import shlex
import shutil
import sys
from pathlib import Path


def command_name() -> str:
    """Return the program's name if the shell finds it by that, else its path."""
    program = Path(sys.argv[0])
    if shutil.which(program.name) == str(program):
        return program.name
    if program.is_relative_to(Path.cwd()):
        program = program.relative_to(Path.cwd())
    return shlex.quote(str(program))
