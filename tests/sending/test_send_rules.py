from datetime import timedelta

from msgspec.structs import replace

from ordercast.decisions.audience import CONSENT_ON_RECORD
from ordercast.decisions.lookup import LookupResult
from ordercast.decisions.usable_addresses import NO_CONTACT
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus, status_rank
from ordercast.people.person import Person, people_for
from ordercast.sending.send_rules import (
    EXPIRED,
    NO_CONSENT,
    block_reason,
    latest_status_keys_of,
    suppressed,
)
from tests.examples import EMAIL, notification, person
from tests.fakes.clock import START

HOUR = timedelta(hours=1)
ONE = notification(customer_id="c-1")
ON_RECORD = replace(ONE, consent=CONSENT_ON_RECORD)
AGREED = person(consents=frozenset({Channel.EMAIL}))


def against(
    row: Notification,
    *people: Person,
    latest_statuses: tuple[LatestStatus, ...] = (),
    after: timedelta = HOUR,
) -> str | None:
    """Return why the row is not sent so long after it was accepted."""
    found = LookupResult(
        people={each.key: each for each in people},
        latest_statuses={(each.order, each.channel): each for each in latest_statuses},
    )
    return block_reason(row, found, send_within=timedelta(days=1), now=START + after)


def test_what_was_allowed_and_still_is_goes_out() -> None:
    assert against(ONE) is None
    assert against(ON_RECORD, AGREED) is None


def test_a_refusal_since_then_wins_over_every_consent() -> None:
    refusing = replace(AGREED, refusals={Channel.EMAIL: "complained"})

    assert "complained" == against(ONE, refusing)
    assert "complained" == against(ON_RECORD, refusing)


def test_a_refusal_of_the_address_that_is_really_written_to_counts() -> None:
    """The relay could not know it: it was looked up before the customer's record was read."""
    known = Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "hard-bounce"})

    assert "hard-bounce" == against(ONE, known)
    assert "hard-bounce" == against(replace(ONE, customer_id=None), known)


def test_a_refusal_of_another_channel_does_not() -> None:
    assert against(ONE, replace(AGREED, refusals={Channel.SMS: "opted-out"})) is None


def test_consent_on_record_can_be_withdrawn_and_the_producer_s_word_can_not() -> None:
    withdrawn = replace(AGREED, consents=frozenset({Channel.SMS}))

    assert NO_CONSENT == against(ON_RECORD, withdrawn)
    assert NO_CONSENT == against(ON_RECORD)
    assert against(ONE, withdrawn) is None


def test_a_row_without_any_consent_is_not_sent_on_the_strength_of_having_been_promised() -> None:
    """The decision was made with consent on record, and by the time of its row the record was gone."""
    bare = replace(ONE, consent=None)

    assert NO_CONSENT == against(bare)
    assert NO_CONSENT == against(replace(bare, customer_id=None))
    assert against(bare, AGREED) is None


def test_a_row_without_a_recipient_is_not_sent() -> None:
    """Their address went with their record; that is no failure of any provider."""
    assert NO_CONTACT == against(replace(ONE, recipient=None))


def latest_status(status: str, minutes: int = 0) -> LatestStatus:
    stands = status_rank(status, ONE.occurred_at) or 0
    ((order, channel),) = latest_status_keys_of(ONE)
    return LatestStatus(order=order, channel=channel, status_rank=stands + minutes * 60_000)


def test_what_has_become_old_news_is_not_sent() -> None:
    assert "stale" == against(ONE, latest_statuses=(latest_status("shipped"),))
    assert "stale" == against(ONE, latest_statuses=(latest_status("confirmed", minutes=1),))
    assert against(ONE, latest_statuses=(latest_status("confirmed"),)) is None
    assert (
        against(ONE, latest_statuses=(replace(latest_status("shipped"), channel=Channel.SMS),))
        is None
    )


def test_what_comes_too_late_to_be_of_use_has_expired() -> None:
    assert against(ONE, after=timedelta(days=1)) is None
    assert EXPIRED == against(ONE, after=timedelta(days=1, milliseconds=1))


def test_their_own_word_is_named_before_anything_else() -> None:
    refusing = replace(AGREED, refusals={Channel.EMAIL: "complained"})

    assert "complained" == (
        against(
            ON_RECORD,
            refusing,
            latest_statuses=(latest_status("shipped"),),
            after=timedelta(days=9),
        )
    )


def test_of_two_refusals_the_same_is_named_each_time() -> None:
    by_address = Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "hard-bounce"})
    by_customer = replace(AGREED, refusals={Channel.EMAIL: "complained"})

    assert against(ONE, by_address, by_customer) == against(ONE, by_customer, by_address)


def test_everybody_whose_word_counts_is_looked_up() -> None:
    assert {address_key(EMAIL), AGREED.key} == people_for(ONE)
    assert {address_key(EMAIL)} == people_for(replace(ONE, customer_id=None))
    assert frozenset() == people_for(replace(ONE, customer_id=None, recipient=None))


def test_what_is_not_sent_after_all_is_closed_with_its_rule() -> None:
    closed = suppressed(ONE, "stale", at=START + HOUR)

    assert (State.SUPPRESSED, "stale", START + HOUR, None) == (
        closed.state,
        closed.rule,
        closed.closed_at,
        closed.due_at,
    )


def test_what_may_have_arrived_before_stays_in_doubt_and_is_looked_at_again() -> None:
    """That we decided not to send it a second time makes the first no less likely."""
    again = suppressed(replace(ONE, resends=1), EXPIRED, at=START + HOUR)

    assert (State.IN_DOUBT, EXPIRED, None, ONE.due_at) == (
        again.state,
        again.rule,
        again.closed_at,
        again.due_at,
    )
