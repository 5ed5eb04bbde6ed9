"""Read the new lines of a log group, each once. Used by `extractor`."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

# FilterLogEvents: called with startTime and nextToken (or ""), returns the response.
Fetch = Callable[[int, str], dict[str, Any]]


class LogTail:
    """Read a group from its beginning on.

    A line is known by its event id, or, where a log has none, by its place among the lines of its
    stream that bear the same time. Each look goes back a little behind the last one, since a line
    may be stamped before it can be seen.
    """

    def __init__(self, fetch: Fetch, *, clock_ms: Callable[[], int]) -> None:
        self._fetch = fetch
        self._clock_ms = clock_ms
        self._start = 0
        self._seen: dict[Identity, int] = {}

    def new_lines(self) -> list[str]:
        """Read what has come since the last call; a call that raises changes nothing."""
        looked_at = self._clock_ms()
        found = dict(self._events())
        fresh = [(key, event) for key, event in found.items() if key not in self._seen]
        self._start = max(self._start, looked_at - _LOOK_BACK_MS)
        self._seen = {
            key: at
            for key, at in (self._seen | {k: e["timestamp"] for k, e in found.items()}).items()
            if at >= self._start
        }
        return [event["message"] for _, event in fresh]

    def _events(self) -> Iterator[tuple["Identity", dict[str, Any]]]:
        start, token = self._start, ""
        places: Counter[tuple[str, int]] = Counter()
        while True:
            answer = self._fetch(start, token)
            events = answer["events"]
            yield from _identified(events, places)
            token = answer.get("nextToken", "")
            if token:
                continue
            # An emulator that cuts its response short without a token is asked again from there on.
            if len(events) < PAGE or events[-1]["timestamp"] == start:
                return
            start = events[-1]["timestamp"]
            places.clear()


PAGE = 10_000  # what FilterLogEvents answers with at most
Identity = tuple[str, int, str]

_LOOK_BACK_MS = int(timedelta(seconds=5).total_seconds() * 1000)


def _identified(
    events: list[dict[str, Any]], places: Counter[tuple[str, int]]
) -> Iterator[tuple[Identity, dict[str, Any]]]:
    """Name each event; *places* counts those of one stream and time over the pages of an answer."""
    for event in events:
        stream, at = event["logStreamName"], event["timestamp"]
        place = places[stream, at]
        places[stream, at] += 1
        yield (stream, at, event.get("eventId") or f"#{place}"), event
