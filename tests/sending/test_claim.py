from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.sending.claim import ClaimStatus, claim_of
from tests.examples import notification
from tests.fakes.clock import START

HELD = notification(state=State.SENDING, owner="first", lease_until=START + timedelta(minutes=2))


def test_a_refused_claim_of_one_s_own_is_mine() -> None:
    """The SDK repeated a call whose first answer was lost."""
    assert ClaimStatus.MINE == claim_of(HELD, owner="first", now=START).status
    assert HELD == claim_of(HELD, owner="first", now=START).row


def test_another_s_claim_is_busy_until_its_lease_ends_and_lapsed_from_then_on() -> None:
    end = START + timedelta(minutes=2)
    answers = [
        claim_of(HELD, owner="second", now=now).status
        for now in (START, end - timedelta(milliseconds=1), end, end + timedelta(days=9))
    ]

    assert [ClaimStatus.BUSY, ClaimStatus.BUSY, ClaimStatus.LAPSED, ClaimStatus.LAPSED] == answers


def test_a_claim_without_a_lease_has_lapsed() -> None:
    endless = replace(HELD, lease_until=None)

    assert ClaimStatus.LAPSED == claim_of(endless, owner="second", now=START).status


@pytest.mark.parametrize("state", sorted(set(State) - {State.SENDING}))
def test_what_nobody_sends_is_done_with_even_for_its_last_owner(state: State) -> None:
    assert ClaimStatus.DONE == claim_of(replace(HELD, state=state), owner="first", now=START).status
