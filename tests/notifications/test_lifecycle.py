from itertools import combinations

import pytest

from notifications.lifecycle import CHAINS, FINAL, State, outranked_by
from notifications.order_event import Channel


@pytest.mark.parametrize("channel", Channel)
def test_a_chain_ranks_each_state_once(channel: Channel) -> None:
    assert len(CHAINS[channel]) == len(set(CHAINS[channel]))


@pytest.mark.parametrize("channel", Channel)
def test_a_state_never_outranks_itself(channel: Channel) -> None:
    """So the same word twice changes nothing."""
    assert not [state for state in CHAINS[channel] if state in outranked_by(state, channel)]


@pytest.mark.parametrize("channel", Channel)
def test_of_two_states_exactly_one_outranks_the_other(channel: Channel) -> None:
    for one, other in combinations(CHAINS[channel], 2):
        assert (one in outranked_by(other, channel)) != (other in outranked_by(one, channel))


@pytest.mark.parametrize("channel", Channel)
def test_no_receipt_revives_what_was_suppressed(channel: Channel) -> None:
    assert State.SUPPRESSED in FINAL
    assert State.SUPPRESSED not in CHAINS[channel]


def test_a_handset_s_word_outranks_a_carrier_s_failure() -> None:
    """A carrier may give up on a text that another attempt of its own then delivers."""
    assert State.FAILED in outranked_by(State.DELIVERED, Channel.SMS)


def test_a_bounce_outranks_the_delivery_before_it() -> None:
    """A mail server may accept a message and bounce it afterwards."""
    assert State.DELIVERED in outranked_by(State.FAILED, Channel.EMAIL)


def test_a_carrier_s_word_is_no_delivery() -> None:
    assert State.CARRIER_ACCEPTED in outranked_by(State.DELIVERED, Channel.SMS)
    assert State.CARRIER_ACCEPTED not in FINAL
