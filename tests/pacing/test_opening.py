"""A channel is held until it is opened, once and by one, and what waited is released as behind any hold."""

from datetime import timedelta

from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.pacing.holds import OF_A_CHANNEL, PLACES, Why, hold_of
from ordercast.pacing.opening import BEFORE_ALL, HoldRecord, opened, unopened, with_opened
from tests.examples import notification, paused
from tests.fakes.clock import START

SMS, EMAIL = Channel.SMS, Channel.EMAIL


def test_without_a_record_every_channel_is_held_and_first() -> None:
    record = HoldRecord(written=(paused(channel=EMAIL),))

    for channel in Channel:
        assert unopened(channel) == hold_of(notification(channel=channel), record.holds)


def test_who_opens_a_channel_first_has_opened_it() -> None:
    first = opened([SMS], by="ada", at=START, reason="ready")
    again = opened([SMS, EMAIL], by="grace", at=START + timedelta(hours=1), reason="too")
    record = with_opened(with_opened(HoldRecord(), first), again)

    assert [("sms", "ada"), ("email", "grace")] == [(e.channel, e.by) for e in record.opened]
    assert [START, START + timedelta(hours=1)] == sorted(
        each.released_at for each in record.holds if each.released_at
    )
    assert all(hold_of(notification(channel=each), record.holds) is None for each in Channel)


def test_a_channel_stays_open_when_its_hold_is_ended() -> None:
    record = with_opened(HoldRecord(), opened(Channel, by="ada", at=START, reason="ready"))

    assert () == replace(record, written=()).holds


def test_nobody_writes_such_a_hold_and_the_relay_asks_it() -> None:
    assert Why.UNOPENED not in PLACES
    assert Why.UNOPENED in OF_A_CHANNEL
    assert BEFORE_ALL == unopened(SMS).since
