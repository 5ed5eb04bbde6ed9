"""What a provider means is found in its older words, and in the report of a recipient's server."""

from typing import Any

import pytest

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.receipts.provider_events import SuppressionReason, meaning_of
from tests.receipts.provider_bodies import email_event, receipt, says, sms_line

BLOCKED = "Phone is on a blocked list"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Phone is blacklisted", BLOCKED),
        ("Phone is blacklisted.", BLOCKED),
        ("phone is on a blocked list", BLOCKED),
        ("Phone is on a blocked list. ", BLOCKED),
        ("Destination is blacklisted", "Destination is on a blocked list"),
        ("PHONE NUMBER IS OPTED OUT", "Phone number is opted out"),
        ("Invalid phone number.", "Invalid phone number"),
        ("Phone has  blocked SMS", "Phone has blocked SMS"),
    ],
)
def test_an_older_word_is_today_s(written: str, read: str) -> None:
    assert (State.FAILED, read) == says(sms_line(status="FAILURE", answer=written))
    assert receipt(sms_line(status="FAILURE", answer=read)) == receipt(
        sms_line(status="Failure", answer=written)
    )


def test_the_account_s_trouble_is_the_account_s_in_any_case_and_costs_nothing() -> None:
    read = receipt(sms_line(status="FAILURE", answer="no quota left for account.", priceInUSD=0.01))
    meaning = meaning_of(read.kind, read.channel)

    assert (State.DEFERRED, False) == (meaning.state, meaning.charged)


def bounce(*recipients: object, kind: str = "Transient", general: str | None = "General") -> str:
    return email_event(
        "Bounce", bounceType=kind, bounceSubType=general, bouncedRecipients=list(recipients)
    )


def reported(action: object, status: object = None) -> dict[str, Any]:
    return {"emailAddress": "ada@example.com", "action": action, "status": status}


AUTOMATIC = [bounce(), bounce({"emailAddress": "ada@example.com"}), bounce(reported("delivered"))]


@pytest.mark.parametrize(
    "body", [*AUTOMATIC, bounce(reported("expanded", "2.0.0")), bounce("x", 5)]
)
def test_a_transient_bounce_without_a_report_of_failure_is_an_automatic_reply(body: str) -> None:
    assert (State.AUTO_REPLIED, "Bounce/Transient/General") == says(body)


@pytest.mark.parametrize("status", ["5.4.4", "5.1.1", "5.0.0", "5.2.2 (full)", " 5.3.0", "5.4.300"])
@pytest.mark.parametrize("action", ["failed", "Failed", " FAILED "])
@pytest.mark.parametrize("kind", [("Transient", "General"), ("Undetermined", "Undetermined")])
def test_a_permanent_failure_is_a_soft_bounce_and_counts_against_the_address(
    status: str, action: str, kind: tuple[str, str]
) -> None:
    body = bounce(reported(action, status), kind=kind[0], general=kind[1])
    meaning = meaning_of(receipt(body).kind, Channel.EMAIL)

    assert State.SOFT_BOUNCED is meaning.state
    assert SuppressionReason.SOFT_BOUNCED is meaning.suppression_reason
    assert meaning.known


@pytest.mark.parametrize(
    "status", ["4.4.7", None, "", 5.1, "5.7.1", "5.6.0", "5.3.4", "5.2.3", "550"]
)
def test_a_failure_for_now_or_of_the_message_is_a_soft_bounce_and_says_nothing_of_the_address(
    status: object,
) -> None:
    body = bounce(reported("failed", status))

    assert (State.SOFT_BOUNCED, "Bounce/Transient/General/failed") == says(body)
    assert meaning_of(receipt(body).kind, Channel.EMAIL).suppression_reason is None


def test_a_report_of_delay_is_a_delay() -> None:
    assert (State.DELAYED, "Bounce/Transient/General/delayed") == says(
        bounce(reported("delayed", "4.2.2"))
    )


def test_of_several_recipients_the_worst_report_counts() -> None:
    assert (
        "Bounce/Transient/General/permanent"
        == says(
            bounce(reported("delayed"), reported("failed", "4.4.7"), reported("failed", "5.1.1"))
        )[1]
    )


def test_a_bounce_without_a_subtype_is_read_by_its_report() -> None:
    assert (State.SOFT_BOUNCED, "Bounce/Transient/permanent") == says(
        bounce(reported("failed", "5.4.4"), general=None)
    )


@pytest.mark.parametrize("subtype", ["MailboxFull", "ContentRejected", "MovedToMars"])
def test_a_type_that_says_enough_is_believed(subtype: str) -> None:
    assert (
        f"Bounce/Transient/{subtype}"
        == says(bounce(reported("failed", "5.4.4"), general=subtype))[1]
    )
