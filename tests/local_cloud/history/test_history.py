"""A history is made up from a seed, belongs to nobody, and is what the product's own rules make of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from msgspec.structs import replace

from local_cloud.demo.shop import SHOP
from local_cloud.history.messages import PastMessage, PastMessages
from local_cloud.history.orders import past_events
from local_cloud.history.pattern import BAD_COUNTRY, HistoryPeriod
from local_cloud.history.shops import SHOPS
from local_cloud.history.words import PastWords
from ordercast.decisions.usable_addresses import is_allowed
from ordercast.events.order_event import Channel
from ordercast.gateways.ledger.items import read, write
from ordercast.notifications.failures import FAILURES
from ordercast.notifications.lifecycle import OUT_OF_OUR_HANDS, State
from ordercast.people.phone_numbers import NumberKind, PhoneNumber, phone_number
from ordercast.receipts.merge import merge_receipts
from ordercast.settings.stage_files import stage_settings
from ordercast.wiring.send import pricing_of

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SETTINGS = stage_settings("local")
PERIOD = HistoryPeriod(until=NOW.date(), days=12, messages_a_day=150)


def made(period: HistoryPeriod = PERIOD, *, seed: int = 1) -> list[PastMessage]:
    making = PastMessages(
        settings=SETTINGS,
        period=period,
        words=PastWords(pricing_of(SETTINGS)),
        chance=Random(f"{seed} messages"),  # noqa: S311 - sample data
        now=NOW,
    )
    return [each for event in past_events(period, seed=seed) for each in making.of(event)]


@pytest.fixture(scope="module")
def messages() -> list[PastMessage]:
    return made()


def test_the_same_seed_makes_the_same_messages_and_another_seed_others(messages) -> None:
    assert messages == made()
    assert messages != made(seed=2)


def test_there_are_about_as_many_a_day_as_asked_for_and_most_in_the_evening(messages) -> None:
    days = Counter(each.row.occurred_at.date() for each in messages)
    hours = Counter(each.row.occurred_at.hour for each in messages)

    assert PERIOD.days == len(days)
    assert 120 < len(messages) / PERIOD.days < 180
    assert sum(hours[h] for h in range(17, 22)) > 2 * sum(hours[h] for h in range(1, 6))


def test_an_hour_can_be_as_busy_as_asked_for() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    period = HistoryPeriod(until=NOW.date(), days=2, messages_a_day=20, busy_hour=500)
    hour = noon, noon + timedelta(hours=1)
    busy = [each for each in made(period) if hour[0] <= each.row.effective_at < hour[1]]

    assert 400 < len(busy) < 600


def test_nothing_is_stamped_outside_of_the_days_before_today(messages) -> None:
    for each in messages:
        assert PERIOD.first <= each.row.occurred_at.date() < PERIOD.until
        events = each.receipt_log.receipt_events.values() if each.receipt_log else ()
        assert all(known.at <= NOW for known in events)


def test_every_address_is_one_that_can_belong_to_nobody(messages) -> None:
    allowed = tuple(SETTINGS.allowed_recipients.split(","))
    recipients = {(m.row.recipient, m.row.country) for m in messages if m.row.recipient}

    assert [] == [to for to, _ in recipients if not is_allowed(to, allowed)]
    for number, country in recipients:
        if number.startswith("+"):
            found = phone_number(number, "US")
            assert isinstance(found, PhoneNumber)
            assert (country, NumberKind.SPECIAL) != (found.country, found.kind)
            assert country == found.country


def test_a_row_is_what_the_ledger_reads_and_what_its_receipts_merge_to(messages) -> None:
    for each in messages:
        whole_seconds = each.row.expires_at.replace(microsecond=0)
        assert replace(each.row, expires_at=whole_seconds) == read(write(each.row))
        if each.receipt_log:
            merged = merge_receipts(
                each.row, [each.receipt_log], receipt_timeout=SETTINGS.receipt_timeout, now=NOW
            )
            assert (each.row.state, each.row.rule) == (merged.state, merged.rule)
            assert each.row.cost == merged.cost


def test_nothing_is_left_to_be_done_about_any_of_them(messages) -> None:
    assert all(each.row.state in OUT_OF_OUR_HANDS for each in messages)
    assert all(each.row.due_at is None for each in messages)
    assert all(each.receipt_log.due_at is None for each in messages if each.receipt_log)


def test_rows_and_receipts_are_kept_for_as_long_as_real_ones(messages) -> None:
    for each in messages:
        assert SETTINGS.retention == each.row.expires_at - each.row.effective_at
        if log := each.receipt_log:
            assert SETTINGS.receipt_retention == log.expires_at - log.sent_at


def test_there_is_something_of_everything_to_look_at(messages) -> None:
    states = Counter(each.row.state for each in messages)
    rules = {each.row.rule for each in messages if each.row.state is State.SUPPRESSED}

    for state in (State.DELIVERED, State.FAILED, State.BOUNCED, State.UNCONFIRMED):
        assert states[state] > 0
    assert {"no-consent", "opted-out", "no-contact"} <= rules
    assert {shop.name for shop in SHOPS} == {each.row.order.shop for each in messages}
    assert len({each.row.country for each in messages}) == 5
    assert {"autumn", "winback", "newsletter", None} == {each.row.campaign for each in messages}
    assert any(each.row.fallback_for for each in messages)


def test_one_afternoon_was_bad_in_one_country(messages) -> None:
    def failed(*, bad: bool) -> float:
        some = [
            m.row
            for m in messages
            if m.row.country == BAD_COUNTRY
            and m.row.channel is Channel.SMS
            and m.row.state is not State.SUPPRESSED
            and PERIOD.is_bad(BAD_COUNTRY, m.row.effective_at) is bad
        ]
        return sum(row.state in FAILURES for row in some) / len(some)

    assert failed(bad=True) > 0.3
    assert 0.1 > failed(bad=False)


def test_a_text_that_failed_has_the_e_mail_that_took_its_place(messages) -> None:
    rows = {each.row.id: each.row for each in messages}
    instead = [row for row in rows.values() if row.fallback_for]

    assert instead
    for row in instead:
        text = rows[row.fallback_for]
        assert (State.FAILED, row.id) == (text.state, text.fallback.id)
        assert text.fallback.entered_at == row.effective_at > text.closed_at


def test_no_shop_of_it_is_the_demo_s() -> None:
    """The demo's figures are its own: it counts by its hours, and nobody takes its shop for theirs."""
    assert SHOP not in {shop.name for shop in SHOPS}
