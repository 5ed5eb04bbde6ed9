"""What the sweeper did in one invocation. Filled by its workflows, read by the Lambda function."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict

from ordercast.events.order_event import Channel


class Swept(Struct, kw_only=True):
    """Counts of notifications and, from `applied` to `unattributed`, of provider messages.

    `looked_at` is what was due and decided about, `released` what was deferred until now,
    `published` both that and what was published again, `postponed` what was not because its queue
    is behind, `fallbacks` what was entered in another's place, `retries` what waits for another try, `probes` those of trouble at the provider. `bugs` are the types of exceptions raised, one for each notification. `matched` are
    receipts that were matched to texts in doubt.

    `backlog` is what is due and not taken yet, the oldest since `waits`. Of it `would_expire`,
    by channel, before its turn comes: an estimate. `without_room` are the times at which what the
    last round left behind expires, by channel and whether it waits behind a hold; `let_go` are the
    holds walked, and `passed` counts what passed each hold for money. `is_counted` says whether all of this is known, and
    `probed` that holds were probed already, which is done once. `budget_used` is how much of the
    fullest budget is used, in percent; None if none is set. `account_holds` are the
    holds of trouble with the account that a person has to end, `open_breakers` the closed routes of each channel.
    """

    looked_at: int = 0
    released: int = 0
    published: int = 0
    fallbacks: int = 0
    retries: int = 0
    probes: int = 0
    postponed: int = 0
    doubtful: int = 0
    bugs: list[str] = field(default_factory=list)
    applied: int = 0
    timed_out: int = 0
    matched: int = 0
    unattributed: int = 0
    budget_used: float | None = None
    account_holds: int = 0
    open_breakers: Counter[Channel] = field(default_factory=Counter)
    backlog: int = 0
    waits: timedelta = timedelta()
    would_expire: dict[Channel, int] = field(default_factory=dict)
    without_room: dict[tuple[Channel, bool], list[datetime]] = field(default_factory=dict)
    let_go: list[str] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    is_counted: bool = False
    probed: bool = False

    def counts(self) -> dict[str, Any]:
        """Return what the log shows; `waits` is in seconds."""
        counts = {name: value for name, value in asdict(self).items() if name not in _UNSAID}
        return {**counts, "waits": self.waits.total_seconds()}


_UNSAID = {"without_room", "let_go", "passed", "is_counted", "probed"}
