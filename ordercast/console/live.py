"""Keep what the first page shows up to date, and tell open pages by server-sent events. Used by the page *Now*.

However many pages are open, the stage is looked at once an interval; with none open it is not.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock

import anyio
from anyio import to_thread
from botocore.exceptions import BotoCoreError, ClientError

from ordercast.console.overview import Counted, Overview, older_hours, overview, rates
from ordercast.console.rendering import rendered
from ordercast.console.stage import ConsoleStage
from ordercast.errors import PipelineError
from ordercast.operations.alarms import StageAlarm
from ordercast.operations.report.plot import AmountsByKey

INTERVAL = timedelta(seconds=3)

OLDER_EVERY = timedelta(minutes=1)
"""How often the hours are read anew that change little."""

ALARMS_EVERY = timedelta(seconds=30)
"""How often CloudWatch is asked what rings; it judges an alarm once a minute."""

LASTS = timedelta(minutes=10)
"""How long one stream of events is; a browser then asks for the next by itself."""

STREAMS_MAX = 8
"""The most pages that are kept up to date at a time."""


@dataclass(slots=True, kw_only=True)
class Live:
    """The newest overview of a stage, with the rates since the one before."""

    stage: ConsoleStage
    open_streams: int = 0
    _lock: Lock = field(default_factory=Lock)
    _older: tuple[datetime, AmountsByKey] | None = None
    _alarms: tuple[datetime, tuple[StageAlarm, ...] | None] | None = None
    _newest: Overview | None = None
    _counted: tuple[datetime, Mapping[str, Counted]] | None = None

    def overview(self) -> Overview:
        """Return what is at most `INTERVAL` old; raises what reading raises."""
        with self._lock:
            now = self.stage.now()
            if self._newest is None or now - self._newest.at >= INTERVAL:
                self._newest = self._look(now)
            return self._newest

    def _look(self, now: datetime) -> Overview:
        if self._older is None or now - self._older[0] >= OLDER_EVERY:
            self._older = (now, older_hours(self.stage, now))
        seen = overview(self.stage, now, self._older[1])
        if self._counted:
            before, counted = self._counted
            seen = rates(seen, counted, took=now - before)
        self._counted = (now, seen.flow)
        return self._with_alarms(seen)

    def _with_alarms(self, seen: Overview) -> Overview:
        """Add what rings; where CloudWatch cannot be read, that hides nothing else."""
        if self._alarms is None or seen.at - self._alarms[0] >= ALARMS_EVERY:
            try:
                self._alarms = (seen.at, tuple(self.stage.alarms()))
            except (BotoCoreError, ClientError):
                self._alarms = (seen.at, None)
        alarms = self._alarms[1]
        if alarms is None:
            return replace(seen, unread=(*seen.unread, "the alarms"))
        return replace(seen, alarms=alarms)

    async def events(self) -> AsyncIterator[str]:
        """Yield the first page's content anew with each look, as server-sent events."""
        self.open_streams += 1
        try:
            for _ in range(LASTS // INTERVAL):
                yield _event(await to_thread.run_sync(self._rendered))
                await anyio.sleep(INTERVAL.total_seconds())
        finally:
            self.open_streams -= 1

    def _rendered(self) -> str:
        try:
            return rendered(self.stage, "part/now.html", seen=self.overview())
        except PipelineError as error:
            what = f"This could not be read: {type(error).__name__}."
            return rendered(self.stage, "part/error.html", what=what, hint="It is tried again.")


def _event(html: str) -> str:
    lines = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"event: now\n{lines}\n"
