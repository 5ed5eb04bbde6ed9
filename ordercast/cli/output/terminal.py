"""The consoles for answers (stdout) and errors (stderr), and a list of fields. Used by all commands."""

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

# A line that is wrapped or cut at column 80 of a pipe cannot be searched, and a path in it cannot
# be followed: the terminal wraps lines.
console = Console(highlight=False, soft_wrap=True)
errors_console = Console(stderr=True, highlight=False, soft_wrap=True)


def field_list(named: Mapping[str, str]) -> Text:
    """Return one line for each field, with the values aligned."""
    width = max(map(len, named)) + 2
    return Text(
        "\n".join(
            f"{name:<{width}}" + value.replace("\n", "\n" + " " * width)
            for name, value in named.items()
        )
    )
