"""Which keys and pages the ledger reads; `tests/promises` has the rest."""

import pytest

from ordercast.decisions.lookup import LookupKeys
from ordercast.gateways.ledger import items as ledger_item
from tests.examples import notification
from tests.gateways.ledger.answers import read
from tests.promises.ledger.decisions import numbered_decision


def test_people_are_never_unknown_for_want_of_a_table(ledger) -> None:
    """A stranger has refused nothing: that must not be how a missing setting looks."""
    with pytest.raises(LookupError):
        ledger.look_up(LookupKeys(people=frozenset({"ada"})))


def test_many_keys_take_few_calls(stub, ledger) -> None:
    """As densely as the API allows, whatever they are keys of."""
    rows = [ledger_item.write(notification(n)) for n in range(50)]
    decisions = [ledger_item.write_decision(numbered_decision(n)) for n in range(150)]
    read(stub, *decisions[:100])
    read(stub, *decisions[100:], *rows)
    found = ledger.look_up(
        LookupKeys(
            decisions=frozenset((f"order-{n}", f"event-{n}") for n in range(150)),
            notifications=frozenset(notification(n).id for n in range(50)),
        )
    )

    assert (150, 50) == (len(found.decisions), len(found.notifications))
