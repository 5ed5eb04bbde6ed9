import pytest

from ordercast.notifications.lifecycle import State
from ordercast.sending.backoff import MAX_ATTEMPTS
from ordercast.sending.outcome import Outcome, accepted, limit_attempts, not_now, refused, unknown
from tests.examples import notification


def test_what_was_not_taken_is_tried_again_until_the_attempts_are_used_up() -> None:
    ends = [
        limit_attempts(not_now("Throttling"), notification(attempts=attempts)).state
        for attempts in range(1, MAX_ATTEMPTS + 2)
    ]

    assert [State.REQUESTED] * (MAX_ATTEMPTS - 1) + [State.PARKED] * 2 == ends


def test_what_is_parked_says_why() -> None:
    parked = limit_attempts(not_now("Throttling"), notification(attempts=MAX_ATTEMPTS))

    assert Outcome(state=State.PARKED, reason="out-of-attempts") == parked


@pytest.mark.parametrize("outcome", [accepted("m-1"), refused("no"), unknown("ReadTimeoutError")])
def test_the_last_attempt_s_answer_stands(outcome: Outcome) -> None:
    assert outcome == limit_attempts(outcome, notification(attempts=MAX_ATTEMPTS))


def test_what_may_have_arrived_before_stays_in_doubt_when_the_attempts_are_used_up() -> None:
    """Parked would say that it certainly was not sent."""
    again = notification(attempts=MAX_ATTEMPTS, resends=1)

    assert State.IN_DOUBT == limit_attempts(not_now("Throttling"), again).state


def test_a_refusal_of_the_second_sending_says_nothing_of_the_first() -> None:
    again = notification(attempts=2, resends=1)

    assert Outcome(state=State.IN_DOUBT, reason="no") == limit_attempts(refused("no"), again)
    assert accepted("m-2") == limit_attempts(accepted("m-2"), again)


def test_a_doubtful_email_whose_second_try_is_refused_stays_in_doubt() -> None:
    """The first may have arrived; a failure would outrank the delivery that proves it."""
    again = notification(attempts=2, resends=1)

    assert State.IN_DOUBT == limit_attempts(refused("MessageRejected"), again).state
