"""Keep what was redriven in this console, to say what came of it. Used by the page *Parked*."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_urlsafe
from threading import Lock

from ordercast.operations.redrive_outcomes import FollowRedrive, RedriveOutcome

FOLLOWED_FOR = timedelta(minutes=1)
"""How long a page asks again."""

KEPT = 20
"""How many redrives are kept; the oldest goes."""


@dataclass(slots=True)
class Redrives:
    """The redrives of this process, by a name that cannot be guessed; a console that ends forgets them."""

    _followed: OrderedDict[str, FollowRedrive] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def keep(self, following: FollowRedrive) -> str:
        """Keep one, and return its name."""
        name = token_urlsafe(12)
        with self._lock:
            self._followed[name] = following
            while len(self._followed) > KEPT:
                self._followed.popitem(last=False)
        return name

    def look(self, name: str, now: datetime) -> tuple[list[RedriveOutcome], bool] | None:
        """Return what came of it until now, and whether to ask again; None of an unknown one."""
        with self._lock:
            following = self._followed.get(name)
            if following is None:
                return None
            found = following.look(now)
            return found, not following.settled and now - following.began < FOLLOWED_FOR
