"""What every ledger promises of texts and the e-mails in their place, in memory or in DynamoDB."""

from msgspec.structs import replace

from ordercast.notifications.fallback import Fallback
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.sending.due_partitions import looks
from ordercast.sending.outcome import Outcome, Settlement, accepted, not_now, refused
from ordercast.workflows.ports import Ledger
from tests.examples import notification
from tests.fakes.clock import START
from tests.promises.ledger.steps import LATER, MINUTE, TEXT, claimed, enter, row

E_MAIL = replace(notification(4), fallback_for=TEXT.id)
WAITING = replace(
    TEXT, fallback=Fallback(id=E_MAIL.id, to="ada@example.com", consent="event"), due_at=LATER
)
ENTERED = replace(WAITING, fallback=Fallback(id=E_MAIL.id, entered_at=START))


class FallbackPromises:
    """A text that ends unheard is due for its fallback, until that is entered."""

    def test_both_are_read_back_with_their_links(self, ledger: Ledger) -> None:
        enter(ledger, WAITING, E_MAIL)

        assert (WAITING, E_MAIL) == (row(ledger, WAITING), row(ledger, E_MAIL))

    def test_what_its_provider_refuses_is_due_at_once(self, ledger: Ledger) -> None:
        mine = claimed(ledger, WAITING)
        ledger.settle([_end(mine, refused("InvalidParameter"))])

        ended = row(ledger, WAITING)
        assert (State.FAILED, LATER, LATER) == (ended.state, ended.closed_at, ended.due_at)
        assert [WAITING.id] == ledger.due(looks(), until=LATER, limit=10)

    def test_what_has_its_fallback_already_is_not(self, ledger: Ledger) -> None:
        mine = claimed(ledger, ENTERED)
        ledger.settle([_end(mine, refused("InvalidParameter"))])

        assert row(ledger, ENTERED).due_at is None
        assert [] == ledger.due(looks(), until=LATER, limit=10)

    def test_what_is_taken_or_tried_again_is_not_due_for_it(self, ledger: Ledger) -> None:
        mine = claimed(ledger, WAITING)
        ledger.settle([_end(mine, not_now("InternalFailure"))])
        assert WAITING.due_at == row(ledger, WAITING).due_at

        again = claimed(ledger, WAITING, owner="again")
        ledger.settle([_end(again, accepted("m-1"), owner="again")])
        assert row(ledger, WAITING).due_at is None

    def test_a_second_one_is_answered_with_the_first(self, ledger: Ledger) -> None:
        enter(ledger, E_MAIL)
        (there,) = enter(ledger, replace(E_MAIL, effective_at=START + MINUTE))

        assert E_MAIL == there

    def test_its_mark_ends_the_wait(self, ledger: Ledger) -> None:
        enter(ledger, replace(WAITING, state=State.FAILED, due_at=START))
        seen = row(ledger, WAITING)
        ledger.change([(seen, replace(seen, fallback=ENTERED.fallback, due_at=None))])

        assert ENTERED.fallback == row(ledger, WAITING).fallback
        assert [] == ledger.due(looks(), until=LATER, limit=10)


def _end(claimed: Notification, outcome: Outcome, owner: str = "me") -> Settlement:
    return Settlement(notification=claimed, owner=owner, outcome=outcome, at=LATER)
