"""Read the channels that a customer wishes, agrees to or refuses. Used by the reading of customers.

Of refusals everything that is said counts, of consents only what nothing contradicts.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ordercast.events.order_event import Channel
from ordercast.events.reading.unread import Unread
from ordercast.events.reading.values import channel
from ordercast.events.unreadable_values import Repeated

_SEPARATOR = re.compile(r"[,;|/+&]| and ", re.IGNORECASE)
_ANSWERS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Named(NamedTuple):
    """The channels that are said and those that are denied, and whether something else is there."""

    said: frozenset[Channel] = frozenset()
    denied: frozenset[Channel] = frozenset()
    others: bool = False

    def and_(self, more: "Named") -> "Named":
        """Return all that both say."""
        others = self.others or more.others
        return Named(self.said | more.said, self.denied | more.denied, others)

    @property
    def certain(self) -> frozenset[Channel]:
        """The channels that are said and not denied."""
        return self.said - self.denied


def channels_named(written: Any, *, refused: bool) -> Named:  # noqa: ANN401  (any JSON, here and below)
    """Read words, a list of words, or an object that answers for each channel.

    `all` is a word among refusals only: who agrees to all may not have thought of texts.
    """
    found = Named()
    for each in written if isinstance(written, list) else [written]:
        for word, answer in _words(each):
            found = found.and_(_answered(word, answer, refused=refused))
    return found


def _words(written: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401
    """Yield each word with the answer to it."""
    if isinstance(written, dict):
        for name, each in written.items():
            for answer in each.values if isinstance(each, Repeated) else (each,):
                if answer is not None:
                    yield name, answer
    elif isinstance(written, str):
        parts = [each for each in _SEPARATOR.split(written) if each.strip()]
        for each in parts or [written]:
            yield each, True
    else:
        yield written, True


def _answered(word: Any, answer: Any, *, refused: bool) -> Named:  # noqa: ANN401
    channels = _channels(word, refused=refused)
    said = _ANSWERS.get(str(answer).strip().lower()) if type(answer) in {bool, int, str} else None
    if channels is None or said is None:
        return Named(others=True)
    return Named(said=channels) if said else Named(denied=channels)


def _channels(word: Any, *, refused: bool) -> frozenset[Channel] | None:  # noqa: ANN401
    """Return the channels of one word; None if it is none, or `auto`, which names none."""
    if not isinstance(word, str):
        return None
    if refused and word.strip().lower() == "all":
        return frozenset(Channel)
    try:
        wish = channel(word)
    except Unread:
        return None
    if wish == "auto":
        return None
    return frozenset(Channel) if wish == "both" else frozenset({Channel(wish)})
