"""What an operator has sent again goes out once more, what is cancelled never, whatever fails or overtakes the command."""

from collections.abc import Iterator

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.workflows.resend_message import Resend, ResendMessage
from tests.explorer.checks.promises import broken
from tests.explorer.deployed.stage import Stage
from tests.explorer.exploring import points, sample
from tests.explorer.operator_acts import AGAIN, HELD, RACED, RESEND, played
from tests.sampling import SAMPLED, sampled

CALLS = played().fault_proxy.calls


def not_so(stage: Stage) -> Iterator[str]:
    """Yield what is not as the operator has said."""
    yield from broken(stage)
    rows = stage.ledger.rows
    for each in (AGAIN, RESEND):
        # A sender that crashed between its claim and its call leaves a text in doubt, and says so.
        in_doubt = each in rows and rows[each].state is State.IN_DOUBT
        if not stage.journal.calls_of(each) and not in_doubt:
            yield "what was to be sent again was not sent"
    if [row.id for row in rows.values() if row.resend_of] != [RESEND]:
        yield "it was sent again as something else"
    for each in (RACED, HELD):
        calls = stage.journal.calls_of(each)
        cancelled = (rows[each].state, rows[each].rule) == (State.SUPPRESSED, "cancelled")
        if cancelled == bool(calls):
            yield f"{rows[each].order.order_id} is {rows[each].state}, after {len(calls)} calls"


def test_one_is_sent_again_and_two_are_cancelled() -> None:
    stage = played()

    assert [] == list(not_so(stage))
    assert State.DELIVERED is stage.ledger.rows[AGAIN].state
    assert [State.SUPPRESSED] * 2 == [stage.ledger.rows[each].state for each in (RACED, HELD)]
    methods = {call.method for call in CALLS if call.function == "operator"}
    assert {"look_up", "accept", "change", "publish", "waiting_in"} <= methods


@SAMPLED
def test_a_fault_at_a_call_of_that_day_breaks_no_promise() -> None:
    everything = points(CALLS)
    own = [call for call in CALLS if call.function == "operator" and call.method != "waiting_in"]
    chosen = {*points(own), *sample(everything, CALLS, sampled(60, whole=len(everything)))}

    assert {} == {each: broke for each in chosen if (broke := list(not_so(played(each))))}


class _NewEachTime(ResendMessage, frozen=True, kw_only=True):
    """Takes the next number with each command, instead of the one that it was given."""

    def __call__(self, named: Notification, _: int, *, may_double: bool) -> Resend:
        resends = self._family(named).resends
        return super().__call__(named, len(resends) + 1, may_double=may_double)


def test_without_a_number_a_repeated_command_sends_it_once_more() -> None:
    def counting(work: ResendMessage) -> ResendMessage:
        fields = {name: getattr(work, name) for name in work.__struct_fields__}
        return _NewEachTime(**fields)

    own = [c for c in CALLS if c.function == "operator" and c.method in {"change", "publish"}]
    found = {line for each in points(own) for line in not_so(played(each, resending=counting))}

    assert "it was sent again as something else" in found
