"""Where commands speak to a person: answers to one side, what is wrong to the other."""

import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

# A line that is broken or cut at the 80th column of a pipe cannot be searched, or followed where it
# is a path: whoever shows a line wraps it.
console = Console(highlight=False, soft_wrap=True)
errors_console = Console(stderr=True, highlight=False, soft_wrap=True)


def facts(named: Mapping[str, str]) -> Text:
    """Return a line for each name, or as many as its value has, with the values below each other."""
    width = max(map(len, named)) + 2
    return Text(
        "\n".join(
            f"{name:<{width}}" + value.replace("\n", "\n" + " " * width)
            for name, value in named.items()
        )
    )


def called() -> str:
    """Say how this command was called, for advice that can be pasted."""
    program = Path(sys.argv[0])
    if shutil.which(program.name) == str(program):
        return program.name
    if program.is_relative_to(Path.cwd()):
        program = program.relative_to(Path.cwd())
    return shlex.quote(str(program))
