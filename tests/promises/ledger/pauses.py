"""What every ledger promises of pauses, in memory or in DynamoDB."""

from collections.abc import Callable

from ordercast.decisions.lookup import LookupKeys, Pauses
from ordercast.workflows.ports import Ledger

Switch = Callable[[str], None]


class PausesPromises:
    """Mix in, and say with fixtures which `ledger`, and how to `stop` something and to `resume` it."""

    def test_nothing_is_stopped_by_itself(self, ledger: Ledger) -> None:
        assert Pauses() == ledger.look_up(LookupKeys(pauses=True)).pauses

    def test_a_pause_is_read_by_every_lookup(self, ledger: Ledger, pause_sending: Switch) -> None:
        pause_sending("channel:sms")
        pause_sending("shop:Example Tea")
        pause_sending("channel:sms")

        assert Pauses(paused=frozenset({"channel:sms", "shop:Example Tea"})) == (
            ledger.look_up(LookupKeys(pauses=True)).pauses
        )
        assert Pauses() == ledger.look_up(LookupKeys()).pauses

    def test_what_is_resumed_is_paused_no_more(
        self, ledger: Ledger, pause_sending: Switch, resume_sending: Switch
    ) -> None:
        pause_sending("channel:sms")
        pause_sending("country:SE")
        resume_sending("channel:sms")
        resume_sending("channel:email")

        assert Pauses(paused=frozenset({"country:SE"})) == (
            ledger.look_up(LookupKeys(pauses=True)).pauses
        )
        resume_sending("country:SE")
        assert Pauses() == ledger.look_up(LookupKeys(pauses=True)).pauses
