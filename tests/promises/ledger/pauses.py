"""What every ledger promises of what operators have stopped, in memory or in DynamoDB."""

from collections.abc import Callable

from ordercast.decisions.lookup import LookupKeys, Pauses
from ordercast.workflows.ports import Ledger

Switch = Callable[[str], None]


class PausesPromises:
    """Mix in, and say with fixtures which `ledger`, and how to `stop` something and to `resume` it."""

    def test_nothing_is_stopped_by_itself(self, ledger: Ledger) -> None:
        assert Pauses() == ledger.look_up(LookupKeys(pauses=True)).pauses

    def test_what_is_stopped_is_found_by_whoever_asks(self, ledger: Ledger, stop: Switch) -> None:
        stop("channel:sms")
        stop("shop:Example Tea")
        stop("channel:sms")

        assert Pauses(paused=frozenset({"channel:sms", "shop:Example Tea"})) == (
            ledger.look_up(LookupKeys(pauses=True)).pauses
        )
        assert Pauses() == ledger.look_up(LookupKeys()).pauses

    def test_what_is_resumed_is_stopped_no_more(
        self, ledger: Ledger, stop: Switch, resume: Switch
    ) -> None:
        stop("channel:sms")
        stop("country:SE")
        resume("channel:sms")
        resume("channel:email")

        assert Pauses(paused=frozenset({"country:SE"})) == (
            ledger.look_up(LookupKeys(pauses=True)).pauses
        )
        resume("country:SE")
        assert Pauses() == ledger.look_up(LookupKeys(pauses=True)).pauses
