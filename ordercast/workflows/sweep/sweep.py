"""Do rounds of the sweeper's workflows in turn until nothing is due or time is up. Used by the sweeper."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ordercast.sending.due_partitions import SHARDS, deferrals, looks
from ordercast.workflows.ports import Deadline
from ordercast.workflows.sweep.look_at_due import LookAtDue
from ordercast.workflows.sweep.probe_holds import ProbeHolds
from ordercast.workflows.sweep.release_deferred import ReleaseDeferred
from ordercast.workflows.sweep.sweep_holds import SweepHolds
from ordercast.workflows.sweep.swept import Swept
from ordercast.workflows.sweep_receipts import SweepReceipts

Round = Callable[[], bool]
"""One bounded round; answers whether there may be more to do."""

ROUND_TAKES = timedelta(seconds=10)
"""The longest that a round may take: what is left when the last one begins."""

MOST_ROUNDS = 1000
"""Of all workflows together; more than fit into an invocation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """The workflows of one invocation. Receipts have the first turn: they may resolve a doubt."""

    receipts: SweepReceipts
    look: LookAtDue
    release: ReleaseDeferred
    holds: SweepHolds
    probe: ProbeHolds

    def __call__(self, shards: Sequence[int] = SHARDS, *, time_left: Deadline) -> Swept:
        """Do rounds over *shards* until nothing is due or time is up; raises `Retryable`."""
        swept = Swept()
        rounds = [
            lambda: self.receipts(shards, swept),
            lambda: self.look(looks(shards), swept),
            lambda: self.release(deferrals(shards), swept),
            lambda: self.holds(shards, swept),
            lambda: self.probe(shards, swept),
        ]
        take_turns(rounds, time_left=time_left)
        return swept


def take_turns(rounds: Iterable[Round], *, time_left: Deadline) -> None:
    """Do a round of each in turn, so that a backlog of one holds up no other.

    One that raises is not tried again, and its error is raised when the others are done.
    """
    waiting, errors = deque(rounds), []
    for _ in range(MOST_ROUNDS):
        if not waiting or time_left() < ROUND_TAKES:
            break
        each = waiting.popleft()
        try:
            if each():
                waiting.append(each)
        except Exception as error:  # noqa: BLE001 - a failure of one must not hold up the others
            errors.append(error)
    if errors:
        raise errors[0]
