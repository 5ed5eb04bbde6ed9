"""The explorer's day has outages of one route and of all: what comes then is sent, once, and later calls try again."""

from ordercast.pacing.holds import Why
from tests.explorer.checks.rows import all_rows
from tests.explorer.exploring import played
from tests.explorer.outages import BURST


def test_what_comes_while_routes_are_down_goes_by_another_or_waits_and_each_opens_again() -> None:
    day = played()
    texts = [row for row in all_rows(day).values() if _is_of_these(row.order.order_id)]

    assert {1} == {row.attempts for row in texts}
    assert [1] * len(texts) == [
        sum(call.happened for call in day.journal.calls_of(row.id)) for row in texts
    ]
    at_once = {row.route for row in texts if row.order.order_id.startswith("o-route-")}
    assert len(texts) > 2 * BURST
    assert at_once
    assert not [each for each in day.ledger.holds if each.why is Why.BREAKER]
    assert 0 < sum(call.back_pressure for row in texts for call in day.journal.calls_of(row.id))


def _is_of_these(order: str) -> bool:
    return order.startswith(("o-route-", "o-everywhere-"))
