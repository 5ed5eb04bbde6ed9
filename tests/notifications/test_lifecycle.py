import re
from itertools import combinations, product
from pathlib import Path

import pytest

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS, rank
from ordercast.notifications.lifecycle import (
    COUNTS_AS_DELIVERED,
    COUNTS_AS_UNDELIVERED,
    FINAL,
    OUT_OF_OUR_HANDS,
    State,
)

PAGE = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text()


@pytest.mark.parametrize("channel", Channel)
def test_a_chain_ranks_each_state_once(channel: Channel) -> None:
    for one, other in combinations(CHANNELS[channel].states, 2):
        assert rank(one, channel) < rank(other, channel)


def test_every_state_that_a_provider_can_bring_about_is_in_a_chain() -> None:
    beside = {State.DEFERRED, State.PARKED}
    sms, email = CHANNELS[Channel.SMS].states, CHANNELS[Channel.EMAIL].states

    assert set(State) == {*sms, *email, *beside}


def test_a_handset_s_word_outranks_a_carrier_s_failure() -> None:
    """A carrier may give up on a text that another attempt of its own then delivers."""
    assert rank(State.FAILED, Channel.SMS) < rank(State.DELIVERED, Channel.SMS)


def test_a_bounce_outranks_the_delivery_before_it_and_an_automatic_reply_does_not() -> None:
    """A mail server may accept a message and bounce it afterwards."""
    delivered = rank(State.DELIVERED, Channel.EMAIL)

    assert delivered < rank(State.SOFT_BOUNCED, Channel.EMAIL)
    assert rank(State.AUTO_REPLIED, Channel.EMAIL) < delivered


def test_a_carrier_s_word_is_no_delivery_and_no_end() -> None:
    assert rank(State.CARRIER_ACCEPTED, Channel.SMS) < rank(State.DELIVERED, Channel.SMS)
    assert State.CARRIER_ACCEPTED not in FINAL
    assert State.CARRIER_ACCEPTED in OUT_OF_OUR_HANDS


def test_receipt_timeout_is_no_failure() -> None:
    assert State.UNCONFIRMED in FINAL
    assert State.UNCONFIRMED not in COUNTS_AS_DELIVERED | COUNTS_AS_UNDELIVERED


def test_a_complaint_counts_as_delivered_and_suppressed_messages_are_not_counted() -> None:
    assert State.COMPLAINED in COUNTS_AS_DELIVERED
    assert State.SUPPRESSED not in COUNTS_AS_UNDELIVERED
    assert not COUNTS_AS_DELIVERED & COUNTS_AS_UNDELIVERED


def test_the_page_says_of_no_word_that_it_outranks_a_stronger_one() -> None:
    stated = re.findall(r"^(.*`) outranks? (`\w+`)", PAGE, re.MULTILINE)
    for said, weaker in stated:
        channels = [Channel.EMAIL] if "e-mail" in said else Channel
        for word, channel in product(re.findall(r"`(\w+)`", said), channels):
            assert rank(State(weaker.strip("`")), channel) < rank(State(word), channel)
    assert {"`failed`", "`delivered`"} == {weaker for _, weaker in stated}
