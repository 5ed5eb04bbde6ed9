"""Follow what happens now: each message of the last minutes, when its state changes. Used by `ordercast tail` and the console."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ordercast.queries.message_filter import MessageFilter
from ordercast.queries.messages import Lists, messages
from ordercast.rollups.listed import ListedNotification

BACK = timedelta(minutes=5)
"""How old a message may be whose changes are shown."""

MOST = 500
"""How many of the newest messages a look sees; a busier stage shows the newest only."""

UNITS = 30


@dataclass(slots=True)
class Tail:
    """What was shown so far, of a stage's messages; each look takes some 4 read units, `UNITS` at most."""

    lists: Lists
    shop: str = ""
    _shown: dict[str, str] = field(default_factory=dict)

    def news(self, now: datetime) -> list[ListedNotification]:
        """Return what is new or has another state since the look before, oldest first."""
        asked = MessageFilter(shop=self.shop, since=now - BACK, until=now)
        page = messages(asked, self.lists, now=now, size=MOST, most_units=UNITS)
        news = [row for row in page.rows if self._shown.get(row.id) != row.state]
        self._shown = {row.id: row.state for row in page.rows}
        return news[::-1]
