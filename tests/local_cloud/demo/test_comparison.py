"""Four counts side by side: any two that differ are seen, and who stands alone is named."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from local_cloud.demo.comparison import BOOKS, CARRIER, CLOUDWATCH, FIGURES, TALLY, Accounts
from local_cloud.demo.day import Kind, Put
from local_cloud.demo.independent_counts import books, carrier, tally
from local_cloud.demo.shop import Fate
from local_cloud.provider_simulator.charges import Charge
from ordercast.rollups.rollup import Bucket
from tests.cli.test_inbox import EMAIL, message

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def counts(**changes: dict[str, int]) -> Accounts:
    """Everybody counted one of each, but for what is said."""
    same = {
        TALLY: [f for f in FIGURES if f not in {"parts", "cost"}],
        CARRIER: [f for f in FIGURES if f != "kept back"],
        BOOKS: list(FIGURES),
        CLOUDWATCH: [f for f in FIGURES if f != "parts"],
    }
    return Accounts(
        counts={
            who: {f: Decimal(changes.get(who, {}).get(f, 1)) for f in figures}
            for who, figures in same.items()
        }
    )


def test_where_all_say_the_same_nobody_disagrees() -> None:
    assert [] == counts().disagreements
    assert [] == counts().apart


@pytest.mark.parametrize("who", [TALLY, CARRIER, BOOKS, CLOUDWATCH])
def test_whoever_counts_one_more_is_named(who: str) -> None:
    accounts = counts(**{who: {"sms sent": 2}})
    assert ["sms sent"] == accounts.disagreements
    assert [who] == accounts.apart


def test_a_hundred_thousandth_of_a_dollar_is_a_disagreement() -> None:
    accounts = counts(**{CARRIER: {"cost": Decimal("1.00001")}})
    assert ["cost"] == accounts.disagreements


def test_what_only_two_can_know_and_see_differently_is_told_of_both() -> None:
    accounts = counts(**{CARRIER: {"parts": 3}})
    assert [CARRIER, BOOKS] == accounts.apart


def test_the_tally_counts_what_is_promised_of_what_was_put() -> None:
    event = Put(
        kind=Kind.ACCEPTED,
        order_id="o-1",
        key="o-1",
        aggregated=False,
        promised={"sms": Fate.KEPT_BACK, "email": Fate.FAILS},
    )
    counted = tally([event])
    assert {"email sent": 1, "email failed": 1, "kept back": 1} == {
        figure: n for figure, n in counted.items() if n
    }


def test_the_carrier_counts_calls_by_its_messages_and_outcomes_by_its_bill() -> None:
    bill = Charge(
        message_id="m-1", channel="sms", parts=2, price=Decimal("0.0129"), outcome="failed"
    )
    counted = carrier([message(), EMAIL, EMAIL], [bill])
    expected = {"sms sent": 1, "email sent": 2, "sms failed": 1, "parts": 2}
    assert expected | {"cost": Decimal("0.0129")} == {f: n for f, n in counted.items() if n}


def test_the_books_are_read_by_channel_and_what_is_in_none_of_them_is_nought() -> None:
    bucket = Bucket("2026-03-02T09", "sms", "US", "confirmed", None, None)
    amounts = {"state#delivered": 3, "state#suppressed": 1, "taken": 3, "parts": 4}
    counted = books({bucket: amounts | {"carrier": Decimal("0.02")}})
    assert counted["sms sent"] == counted["sms arrived"] == Decimal(3)
    assert (Decimal(0), Decimal(1)) == (counted["email sent"], counted["kept back"])
    assert (Decimal(4), Decimal("0.02")) == (counted["parts"], counted["cost"])
