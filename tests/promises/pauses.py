"""What every ledger promises of what operators have stopped, in memory or in DynamoDB."""

from collections.abc import Callable

from ordercast.decisions.lookup import Stops, Wanted
from ordercast.workflows.ports import Ledger

Switch = Callable[[str], None]


class StopsPromises:
    """Mix in, and say with fixtures which `ledger`, and how to `stop` something and to `resume` it."""

    def test_nothing_is_stopped_by_itself(self, ledger: Ledger) -> None:
        assert Stops() == ledger.look_up(Wanted(stops=True)).stops

    def test_what_is_stopped_is_found_by_whoever_asks(self, ledger: Ledger, stop: Switch) -> None:
        stop("channel:sms")
        stop("shop:Example Tea")
        stop("channel:sms")

        assert Stops(stopped=frozenset({"channel:sms", "shop:Example Tea"})) == (
            ledger.look_up(Wanted(stops=True)).stops
        )
        assert Stops() == ledger.look_up(Wanted()).stops

    def test_what_is_resumed_is_stopped_no_more(
        self, ledger: Ledger, stop: Switch, resume: Switch
    ) -> None:
        stop("channel:sms")
        stop("country:SE")
        resume("channel:sms")
        resume("channel:email")

        assert Stops(stopped=frozenset({"country:SE"})) == (
            ledger.look_up(Wanted(stops=True)).stops
        )
        resume("country:SE")
        assert Stops() == ledger.look_up(Wanted(stops=True)).stops
