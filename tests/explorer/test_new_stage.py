"""A new stage keeps what comes until its channels are opened, whatever fails, and sends each once then."""

from collections.abc import Collection

from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import Why
from tests.explorer.checks.promises import broken
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.exploring import points, sample
from tests.explorer.new_stage import played
from tests.explorer.safeguards.definition import Around
from tests.sampling import SAMPLED, sampled

CALLS = played().fault_proxy.calls


def test_what_comes_before_a_channel_is_opened_is_sent_when_it_is() -> None:
    stage = played()

    assert [] == broken(stage)
    assert 6 == sum(row.sent_at is not None for row in stage.ledger.rows.values())
    assert () == stage.ledger.holds
    assert any(call.method == "open_channels" for call in CALLS)


@SAMPLED
def test_a_fault_at_a_call_of_the_first_day_breaks_no_promise() -> None:
    everything = points(CALLS)
    opening = points(call for call in CALLS if call.method == "open_channels")
    chosen = {*opening, *sample(everything, CALLS, sampled(100, whole=len(everything)))}

    assert {} == {each: broke for each in chosen if (broke := broken(played(each)))}


class _OpenAtOnce(Around):
    """Shows no hold of a channel that was never opened."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, holds=tuple(h for h in found.holds if h.why is not Why.UNOPENED))


class _Forgetting(Around):
    """Opens a channel, and forgets that something may wait behind its hold."""

    def open_channels(self, opened: Collection[object]) -> None:
        self.inner.open_channels(opened)
        self.inner.holds = ()


def test_without_the_hold_of_an_unopened_channel_its_provider_is_called() -> None:
    without = Fitting(sender_ledger=_OpenAtOnce, relay_ledger=_OpenAtOnce)

    assert any("called while it was paused" in each for each in broken(played(fitting=without)))
    # Either alone would have held it.
    assert [] == broken(played(fitting=Fitting(relay_ledger=_OpenAtOnce)))


def test_without_its_release_what_waited_stays_deferred() -> None:
    stage = played(fitting=Fitting(ledger=_Forgetting))

    assert {State.DEFERRED} <= {row.state for row in stage.ledger.rows.values()}
    assert any("stuck as deferred" in each for each in broken(stage))
