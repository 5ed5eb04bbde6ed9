from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from ordercast.decisions.lookup import LookupResult
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.quiet_policy import QuietPolicy
from ordercast.sending.due_policy import DueAction, DuePolicy, due_action, release
from ordercast.sending.in_doubt import LAPSED, lapsed
from ordercast.sending.send_rules import QUIET_HOURS
from tests.examples import POLICY, notification, person, quiet_for
from tests.fakes.clock import START
from tests.fakes.services import RECEIPT_TIMEOUT

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FIRST_WAIT = 5 * MINUTE
RIPE = 30 * MINUTE
NOTHING_KNOWN = LookupResult()

MAIL, TEXT = notification(1), notification(2, Channel.SMS)
DOUBTFUL = replace(MAIL, state=State.IN_DOUBT, in_doubt_since=START, rule="ReadTimeoutError")


def policy(resend: timedelta | None = RIPE, quiet: QuietPolicy = POLICY) -> DuePolicy:
    return DuePolicy(
        first_wait=FIRST_WAIT,
        resend_email_after=resend,
        receipt_timeout=RECEIPT_TIMEOUT,
        quiet=quiet,
    )


def look(
    row: Notification,
    *,
    after: timedelta,
    receipts_applied: bool = True,
    resend: timedelta | None = RIPE,
    queue_takes: timedelta = FIRST_WAIT,
) -> DueAction:
    """Let the sweeper look at a row so long after the start."""
    return due_action(
        row,
        queue_takes=queue_takes,
        due_policy=policy(resend),
        receipts_applied_until=START + after if receipts_applied else None,
        now=START + after,
    )


# What was lost on its way to the senders


def test_what_is_still_requested_is_published_again_ever_more_rarely() -> None:
    """A message that waits in its queue is requested too: a backlog is not to be multiplied."""
    row, now, waits = MAIL, FIRST_WAIT, []
    for _ in range(5):
        looked = look(row, after=now)
        assert looked.publish
        row = looked.row
        assert row.due_at is not None
        waits.append(row.due_at - START - now)
        now += waits[-1]

    assert [30 * MINUTE, 3 * HOUR, 12 * HOUR, 12 * HOUR, 12 * HOUR] == waits


def test_while_its_queue_is_behind_it_is_not_published_again() -> None:
    """It probably waits there; it is looked at when the queue is through, as if for the first time."""
    kept = look(MAIL, after=FIRST_WAIT, queue_takes=FIRST_WAIT + MINUTE)

    assert (False, 0) == (kept.publish, kept.row.sweeps)
    assert START + FIRST_WAIT + FIRST_WAIT + MINUTE == kept.row.due_at


# What waited for the morning

DEFERRED = replace(
    MAIL, state=State.DEFERRED, rule=QUIET_HOURS, effective_at=START + HOUR, due_at=START + HOUR
)


def let_go(
    row: Notification,
    found: LookupResult = NOTHING_KNOWN,
    *,
    after: timedelta,
    quiet: QuietPolicy = POLICY,
) -> DueAction:
    """Let the sweeper release a row so long after the start."""
    due_policy = policy(quiet=quiet)
    return release(row, found, due_policy=due_policy, send_within=DAY, now=START + after)


def test_what_has_waited_is_released_and_looked_at_again() -> None:
    released = let_go(DEFERRED, after=HOUR + MINUTE)

    assert released.publish
    assert (State.REQUESTED, None, START + HOUR + MINUTE + FIRST_WAIT) == (
        released.row.state,
        released.row.rule,
        released.row.due_at,
    )


def test_a_release_checks_the_send_rules_again() -> None:
    refusing = person(refusals={Channel.EMAIL: "opted-out"})
    mine = replace(DEFERRED, customer_id="c-1")
    kept = let_go(mine, LookupResult(people={refusing.key: refusing}), after=HOUR)

    assert not kept.publish
    assert (State.SUPPRESSED, "opted-out", None) == (
        kept.row.state,
        kept.row.rule,
        kept.row.due_at,
    )


def test_its_age_counts_from_when_it_was_due() -> None:
    assert State.REQUESTED == let_go(DEFERRED, after=HOUR + DAY).row.state
    assert "expired" == let_go(DEFERRED, after=HOUR + DAY + MINUTE).row.rule


def test_a_release_that_comes_in_the_next_quiet_hours_waits_for_their_end() -> None:
    quiet = replace(POLICY, quiet=quiet_for(8 * HOUR, since=START + HOUR))
    kept = let_go(DEFERRED, after=2 * HOUR, quiet=quiet)

    assert not kept.publish
    assert (State.DEFERRED, QUIET_HOURS, START + 9 * HOUR) == (
        kept.row.state,
        kept.row.rule,
        kept.row.due_at,
    )
    assert DEFERRED.effective_at == kept.row.effective_at


# Whom nobody came back from

SENDING = replace(MAIL, state=State.SENDING, owner="gone", lease_until=START + 2 * MINUTE)


def test_a_claim_that_holds_is_left_alone_until_its_lease_ends() -> None:
    watched = look(SENDING, after=MINUTE)

    assert (State.SENDING, START + 2 * MINUTE, False) == (
        watched.row.state,
        watched.row.due_at,
        watched.publish,
    )


@pytest.mark.parametrize("lease_until", [START + 2 * MINUTE, None])
def test_a_claim_that_has_lapsed_is_in_doubt(lease_until: datetime | None) -> None:
    """Its call may have been made: it is neither sent again nor called sent."""
    row = look(replace(SENDING, lease_until=lease_until), after=5 * MINUTE).row

    assert (State.IN_DOUBT, LAPSED, None) == (row.state, row.rule, row.lease_until)
    assert not look(SENDING, after=5 * MINUTE).publish


def test_a_lapsed_claim_may_have_been_sent_until_its_lease_ended() -> None:
    assert START + 2 * MINUTE == lapsed(SENDING, now=START + DAY).in_doubt_since
    assert START + DAY == lapsed(replace(SENDING, lease_until=None), now=START + DAY).in_doubt_since


# What is in doubt


def test_a_doubtful_e_mail_is_sent_once_more_when_ses_would_have_spoken() -> None:
    again = look(DOUBTFUL, after=RIPE)

    assert again.publish
    assert (State.REQUESTED, 1, None, START + RIPE + FIRST_WAIT) == (
        again.row.state,
        again.row.resends,
        again.row.owner,
        again.row.due_at,
    )


def test_a_doubtful_e_mail_is_never_sent_a_third_time() -> None:
    kept = look(replace(DOUBTFUL, resends=1), after=DAY)

    assert (State.IN_DOUBT, False) == (kept.row.state, kept.publish)
    assert START + RECEIPT_TIMEOUT == kept.row.due_at


@pytest.mark.parametrize("row", [DOUBTFUL, replace(DOUBTFUL, channel=Channel.SMS)])
@pytest.mark.parametrize("receipts_applied", [True, False])
def test_a_doubt_that_nobody_has_ended_in_three_days_stays_one_and_is_done_with(
    row: Notification, *, receipts_applied: bool
) -> None:
    over = look(row, after=RECEIPT_TIMEOUT, receipts_applied=receipts_applied)

    assert (State.IN_DOUBT, None, START + RECEIPT_TIMEOUT, False) == (
        over.row.state,
        over.row.due_at,
        over.row.closed_at,
        over.publish,
    )


def test_while_receipts_wait_to_be_read_receipt_timeout_says_nothing() -> None:
    kept = look(DOUBTFUL, after=DAY, receipts_applied=False)

    assert (State.IN_DOUBT, False, START + DAY + FIRST_WAIT) == (
        kept.row.state,
        kept.publish,
        kept.row.due_at,
    )


def test_before_its_time_a_doubtful_e_mail_is_looked_at_when_it_is_ripe() -> None:
    kept = look(DOUBTFUL, after=5 * MINUTE)

    assert (State.IN_DOUBT, False, START + RIPE) == (
        kept.row.state,
        kept.publish,
        kept.row.due_at,
    )


def test_a_doubt_of_unknown_age_is_as_old_as_the_message() -> None:
    ageless = replace(DOUBTFUL, in_doubt_since=None)

    assert not look(ageless, after=RIPE - MINUTE).publish
    assert look(ageless, after=RIPE).publish


@pytest.mark.parametrize("after", [RIPE, DAY])
def test_a_doubtful_text_message_is_never_sent_again(after: timedelta) -> None:
    """Its carrier tells us nothing, however long we wait."""
    doubtful = replace(TEXT, state=State.IN_DOUBT, in_doubt_since=START)
    kept = look(doubtful, after=after)

    assert (State.IN_DOUBT, False, START + RECEIPT_TIMEOUT) == (
        kept.row.state,
        kept.publish,
        kept.row.due_at,
    )


def test_where_a_stage_says_so_no_doubtful_e_mail_is_sent_again() -> None:
    assert not look(DOUBTFUL, after=DAY, resend=None).publish


@pytest.mark.parametrize("state", [State.SENT, State.CARRIER_ACCEPTED])
def test_what_was_sent_is_not_looked_at_again(state: State) -> None:
    """Most carriers never report the handset: such looks would crowd out lost publications."""
    kept = look(replace(TEXT, state=state), after=HOUR)

    assert (state, False, None) == (
        kept.row.state,
        kept.publish,
        kept.row.due_at,
    )


@pytest.mark.parametrize("row", [MAIL, SENDING, DOUBTFUL, replace(DOUBTFUL, resends=1)])
@pytest.mark.parametrize("receipts_applied", [True, False])
def test_every_look_moves_the_next_one_on_or_is_the_last(
    row: Notification, *, receipts_applied: bool
) -> None:
    """Otherwise a round would look at the same rows for ever, and at no others."""
    for after in (5 * MINUTE, RIPE, DAY):
        due_at = look(row, after=after, receipts_applied=receipts_applied).row.due_at

        assert due_at is not None
        # A claim that has just been found to have lapsed is looked at once more, as in doubt.
        at_once = row.state is State.SENDING
        assert due_at > START + after or (at_once and due_at == START + after)
