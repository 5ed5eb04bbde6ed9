"""Where commands speak to a person: answers to one side, what is wrong to the other."""

from rich.console import Console

console = Console(highlight=False)
complaints = Console(stderr=True, highlight=False)
