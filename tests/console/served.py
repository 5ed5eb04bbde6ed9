"""Serve the console of a stage in memory, for a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from threading import Event, Thread

from ordercast.console.serve import serve
from ordercast.console.stage import ConsoleStage


@contextmanager
def served(stage: ConsoleStage) -> Iterator[str]:
    """Yield the address that the command would print, and end it."""
    said: Queue[str] = Queue()
    over = Event()
    serving = Thread(
        target=serve, args=(stage,), kwargs={"port": 0, "say": said.put, "is_over": over.is_set}
    )
    serving.start()
    try:
        yield said.get(timeout=30)
    finally:
        over.set()
        serving.join(30)
