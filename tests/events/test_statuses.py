"""Statuses and what shops call them; the page lists them all."""

import re
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from ordercast.events.identity import event_hash
from ordercast.events.order_event import Priority
from ordercast.events.parse import parse_order_event
from ordercast.events.statuses import STATUSES, canonical
from ordercast.notifications.status_rank import status_rank
from ordercast.settings.statuses import status_synonyms
from tests.examples import order_event, payload
from tests.pages import ROOT

PAGE = (ROOT / "docs" / "contract.md").read_text()
ROWS = re.findall(
    r"^\| `([a-z_]+)` \| (.*?) ?\| (\d+|none) \| (normal|high) \|$", PAGE, re.MULTILINE
)
GUESSES = re.findall(
    r"`([a-z_]+)`", re.findall(r"^A word that means two .*$", PAGE, re.MULTILINE)[0]
)


def meaning(written: str) -> str:
    return order_event(status=written).status


def test_the_page_lists_each_status_with_its_rank_priority_and_synonyms() -> None:
    assert list(STATUSES) == [name for name, *_ in ROWS] or {*STATUSES} == {n for n, *_ in ROWS}
    for name, others, rank, priority in ROWS:
        words = re.findall(r"`([a-z_]+)`", others)
        assert {*STATUSES[name].synonyms} == {each.replace("_", "") for each in words}, name
        assert rank == str(STATUSES[name].rank or "none").lower()
        assert priority == ("high" if STATUSES[name].urgent else "normal")
        assert {name} == {meaning(each) for each in (name, *words)}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("canceled", "cancelled"),
        ("CANCELED", "cancelled"),
        ("wc-completed", "shipped"),
        ("wc-cancelled", "cancelled"),
        ("OutForDelivery", "out_for_delivery"),
        ("out-for-delivery", "out_for_delivery"),
        ("READY_FOR_PICKUP", "ready_for_pickup"),
        ("order_shipped", "shipped"),
        ("OrderCancelled", "cancelled"),
        ("PartiallyRefunded", "partially_refunded"),
        ("payment_failed", "payment_failed"),
        ("order_failed", "failed"),
    ],
)
def test_a_word_of_a_common_shop_is_read(written: str, meant: str) -> None:
    assert meant == meaning(written)


@pytest.mark.parametrize("written", GUESSES)
def test_a_word_that_two_shops_use_for_two_things_is_not_guessed(written: str) -> None:
    assert 9 == len(GUESSES)
    assert written == meaning(written)


def test_no_word_means_two_statuses() -> None:
    words = [w for name, s in STATUSES.items() for w in (name.replace("_", ""), *s.synonyms)]
    assert len(words) == len({*words})


def test_a_synonym_is_as_urgent_as_its_status() -> None:
    assert Priority.HIGH is order_event(status="canceled").priority
    assert Priority.HIGH is order_event(status="refund").priority
    assert Priority.NORMAL is order_event(status="fulfilled").priority


def test_ready_and_out_for_delivery_stand_between_shipped_and_delivered() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    ranks = [status_rank(each, at) or 0 for each in ("confirmed", "shipped", "delivered")]
    between = {status_rank(each, at) for each in ("out_for_delivery", "ready_for_pickup")}

    assert sorted(ranks) == ranks
    assert all(ranks[1] < (each or 0) < ranks[2] for each in between)


def test_a_stage_s_own_word_wins_over_the_table() -> None:
    own = status_synonyms("klar ready_for_pickup, Completed delivered, In Arbeit confirmed")

    assert "ready_for_pickup" == canonical("KLAR", synonyms=own)
    assert "delivered" == canonical("wc-completed", synonyms=own)
    assert "confirmed" == canonical("in-arbeit", synonyms=own)
    assert "brewed" == canonical("Brewed", synonyms=own)
    assert {} == status_synonyms("")


def test_another_table_makes_no_other_event() -> None:
    """Else a changed setting would tell each customer everything again."""
    written = payload(event_id=None, status="Processing")
    before = parse_order_event(written, default_currency="USD")
    after = parse_order_event(
        written,
        default_currency="USD",
        synonyms=MappingProxyType({"processing": "confirmed"}),
    )

    assert ("processing", "confirmed") == (before.status, after.status)
    assert event_hash(before) == event_hash(after)


def test_two_words_for_one_status_are_two_events() -> None:
    """What is the same is decided by what was written, which never changes."""
    one, other = (order_event(event_id=None, status=each) for each in ("canceled", "cancelled"))

    assert event_hash(one) != event_hash(other)
    assert event_hash(one) == event_hash(order_event(event_id=None, status="CANCELED"))
