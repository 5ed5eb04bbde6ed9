"""A ledger that was lost is restored, whatever fails: nothing goes out twice, and everybody is told or said not to be."""

from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.notifications.lifecycle import State
from ordercast.pacing.restoring import is_gate
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.deployed.stage import Stage
from tests.explorer.exploring import points, sample
from tests.explorer.faults.points import Call, Point
from tests.explorer.restored import Word, broken_after_loss, played
from tests.explorer.safeguards.definition import Around
from tests.sampling import SAMPLED, sampled

CALLS = {word: played(word).fault_proxy.calls for word in Word}


def told(stage: Stage) -> dict[str, int]:
    """Return how many messages of each order went out."""
    orders = {row.order.order_id for row in stage.ledger.rows.values()}
    happened = [call.row.order.order_id for call in stage.journal.calls if call.happened]
    return {each: happened.count(each) for each in sorted(orders)}


EVERYBODY = dict.fromkeys(("o-after", "o-before", "o-failed", "o-held", "o-last", "o-told"), 2)
"""A text and an e-mail each."""


def test_what_an_operator_releases_is_sent_and_nothing_that_was_sent_before() -> None:
    stage = played(Word.RELEASE)

    assert [] == broken_after_loss(stage)
    assert told(stage) == EVERYBODY
    assert () == stage.ledger.holds


def test_what_an_operator_ends_is_not_sent() -> None:
    stage = played(Word.END)

    assert [] == broken_after_loss(stage)
    assert told(stage) == {**EVERYBODY, "o-held": 0, "o-last": 0, "o-unheard": 2}
    ended = [row for row in stage.ledger.rows.values() if row.rule == "restored"]
    assert [State.UNCONFIRMED] * 5 == [row.state for row in ended]


@SAMPLED
def test_a_fault_at_a_call_of_the_day_breaks_no_promise() -> None:
    """Who ended between a call and its record is not known to have sent: that is for `end`."""
    assert {} == found(Word.END, CALLS[Word.END])


@SAMPLED
def test_a_fault_at_a_call_since_the_restoring_began_breaks_no_promise() -> None:
    begins = next(call.number for call in CALLS[Word.RELEASE] if call.method == "sent_since")
    assert {} == found(Word.RELEASE, [c for c in CALLS[Word.RELEASE] if c.number >= begins])


def found(word: Word, calls: Sequence[Call]) -> dict[Point, list[str]]:
    """Return what broke at a sample of the faults of *calls*, half of them of the operator's."""
    chosen: set[Point] = set()
    for some in (calls, [call for call in calls if call.function == "operator"]):
        everything = points(some)
        chosen.update(sample(everything, CALLS[word], sampled(40, whole=100)))
    broke = {each: broken_after_loss(played(word, each)) for each in sorted(chosen, key=_number)}
    return {each: lines for each, lines in broke.items() if lines}


def _number(point: Point) -> int:
    return point.number


class _Unfenced(Around):
    """Shows no fence."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, holds=tuple(h for h in found.holds if not h.scope.before))


class _Ungated(Around):
    """Shows no gate."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, holds=tuple(h for h in found.holds if not is_gate(h)))


def unfenced() -> Fitting:
    return Fitting(relay_ledger=_Unfenced, sender_ledger=_Unfenced, sweeper_ledger=_Unfenced)


@pytest.mark.parametrize(
    ("word", "without", "settles"),
    [
        pytest.param(Word.END, unfenced, True, id="the fence"),
        pytest.param(Word.END, lambda: Fitting(relay_ledger=_Ungated), True, id="the relay's wait"),
        pytest.param(Word.RELEASE, Fitting, False, id="the settlement by receipts"),
    ],
)
def test_without_it_a_message_goes_out_again(
    word: Word,
    without: Callable[[], Fitting],
    settles: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    stage = played(word, fitting=without(), settles=settles)

    assert any("went out 2 times" in each for each in broken_after_loss(stage))


def test_without_the_moment_at_which_it_was_due_a_fallback_goes_out_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ordercast.workflows.sweep.enter_fallbacks.fences", lambda _: ())

    assert any(
        "o-failed/email/confirmed went out 2 times" in each
        for each in broken_after_loss(played(Word.END))
    )
