"""The sweeper writes what SES allows into the bucket, and holds e-mail while its day is full."""

import pytest

from ordercast.errors import ProviderUnavailable
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.pacing.send_quota import SendQuota
from ordercast.sending.outcome import DAILY_QUOTA, BackPressure, accepted, back_pressure
from ordercast.workflows.sweep.swept import Swept
from tests.examples import notification
from tests.fakes.services import SEND_POLICY
from tests.fakes.world import World

MAILS = [notification(n) for n in range(40)]
IDS = [row.id for row in MAILS]
TEXT = notification(50, Channel.SMS)


@pytest.fixture
def mails(world: World) -> World:
    world.enter(*MAILS, TEXT)
    world.provider.answer = lambda message: accepted(f"m-{message.notification.id}")
    # The bucket is there from the first batch on.
    world.send(IDS[0])
    return world


def bucket(world: World):
    return world.buckets.kept[SEND_POLICY.origination]


def test_senders_draw_no_faster_than_ses_says(mails: World) -> None:
    mails.send_quotas.quota = SendQuota(rate=2.0, left=1000)
    mails.sweep_quota()
    began = mails.now()
    mails.send(*IDS[1:])

    took = (mails.now() - began).total_seconds()
    assert len(IDS) - 1 <= 2.0 * took + 25


def test_a_higher_rate_than_the_setting_changes_nothing(mails: World) -> None:
    mails.send_quotas.quota = SendQuota(rate=1e6)
    mails.sweep_quota()
    sent = mails.send(*IDS[1:])

    assert {} == sent.retry
    assert mails.rate == bucket(mails).rate


def test_a_full_day_holds_emails_without_a_call_and_texts_go_on(mails: World) -> None:
    mails.send_quotas.quota = SendQuota(rate=14.0, left=0)
    mails.sweep_quota()
    mails.send(*IDS[1:])
    mails.send(TEXT.id, channel=Channel.SMS)

    [hold] = mails.ledger.holds
    assert ("account:channel=email", DAILY_QUOTA) == (hold.id, hold.reason)
    assert {IDS[0]: 1, TEXT.id: 1} == mails.got()
    assert {State.DEFERRED} == {mails.state(i) for i in IDS[1:]}


def test_it_is_not_probed_and_let_go_when_there_is_room_for_a_minute(mails: World) -> None:
    mails.provider.answer = lambda _: back_pressure(
        "TooManyRequestsException", kind=BackPressure.QUOTA
    )
    mails.send(*IDS[1:])
    called = sum(mails.got().values())
    for left in (0, 1, 14 * 60 - 1):
        mails.send_quotas.quota = SendQuota(rate=14.0, left=left)
        mails.sweep_quota()
        mails.sweep()
        mails.send_published()
        assert mails.ledger.holds[0].is_active
    assert called == sum(mails.got().values())

    mails.provider.answer = lambda message: accepted(f"m-{message.notification.id}")
    mails.send_quotas.quota = SendQuota(rate=14.0, left=14 * 60)
    mails.sweep_quota()
    mails.sweep()
    mails.send_published()
    assert {State.SENT} == {mails.state(i) for i in IDS}


def test_no_more_is_released_than_is_left_of_the_day(mails: World) -> None:
    mails.send_quotas.quota = SendQuota(rate=0.1, left=7)
    mails.sweep_quota()
    waiting = [notification(n, state=State.DEFERRED, due_at=mails.now()) for n in range(60, 80)]
    mails.enter(*waiting)
    mails.sweep()

    assert 7 == len(mails.notifications_topic.published)


def test_other_trouble_is_not_let_go_by_a_day_with_room(mails: World) -> None:
    mails.provider.answer = lambda _: back_pressure("AccessDenied", kind=BackPressure.ACCOUNT)
    mails.send(IDS[1])
    mails.send_quotas.quota = SendQuota(rate=14.0, left=1000)
    mails.sweep_quota()

    assert mails.ledger.holds[0].is_active


def test_ses_is_asked_by_one_of_the_groups_only(mails: World) -> None:
    mails.send_quotas.unavailable = True
    (quota,) = mails.sweeper().quotas
    quota([1, 5], Swept())

    with pytest.raises(ProviderUnavailable):
        mails.sweep_quota()
