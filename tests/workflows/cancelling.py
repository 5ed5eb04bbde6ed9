"""Cancel what a world's ledger has, as the command does. Used by the tests of cancelling."""

from collections.abc import Callable, Hashable, Sequence

from ordercast.workflows.cancel_messages import CancelMessages, CancelReport
from tests.fakes.world import World

MOST = 10_000


def cancelling(world: World) -> CancelMessages:
    """Return the workflow over a world's fakes."""
    return CancelMessages(ledger=world.ledger, now=world.now)


def cancel(world: World, *ids: str) -> CancelReport:
    """Cancel these, and what may take their place."""
    work = cancelling(world)
    return work(work.of_ids(ids), most=MOST)


def cancel_campaign(world: World, campaign: str, *, most: int = MOST) -> CancelReport:
    """Cancel what waits of a campaign."""
    work = cancelling(world)
    return work(work.waiting(), most=most, campaign=campaign)


def plan(world: World, ids: Sequence[str]) -> CancelReport:
    """Say what would be cancelled."""
    work = cancelling(world)
    return work.plan(work.of_ids(ids), most=MOST)


def meanwhile(world: World, method: str, act: Callable[[], object]) -> None:
    """Let *act* happen just before the ledger does the next call of *method*."""

    def troubled(called: str, _: Hashable) -> bool:
        if called == method:
            world.ledger.troubled = lambda *_: False
            act()
        return False

    world.ledger.troubled = troubled
