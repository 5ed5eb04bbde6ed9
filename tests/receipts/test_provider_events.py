import re
from pathlib import Path

import pytest

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import State
from ordercast.receipts.provider_events import (
    COUNTED,
    MEANINGS,
    SuppressionReason,
    meaning_of,
    reason,
)

PAGE = (Path(__file__).parents[2] / "docs" / "receipts.md").read_text()
ROW = re.compile(r"^\| `([^`]+)` \| `(\w+)` \| (?:`([\w-]+)`)? ?\|$", re.MULTILINE)


def shown() -> dict[str, tuple[str, str | None]]:
    """Return what the page says of each event: its state, and what is learnt of the address."""
    return {
        kind: (state, suppression_reason or None)
        for kind, state, suppression_reason in ROW.findall(PAGE)
    }


def test_the_page_shows_every_event_where_the_core_has_it() -> None:
    known = {
        kind: (str(each.state), each.suppression_reason and str(each.suppression_reason))
        for places in MEANINGS.values()
        for kind, each in places.items()
    }

    assert known == shown()


@pytest.mark.parametrize("channel", Channel)
def test_the_page_shows_the_chains_as_they_are(channel: Channel) -> None:
    assert " < ".join(f"`{state}`" for state in CHANNELS[channel].states) in PAGE


def test_the_page_names_what_is_only_counted() -> None:
    assert all(f"`{each}`" in PAGE for each in COUNTED)


@pytest.mark.parametrize("channel", Channel)
def test_every_event_has_a_place_in_the_chain_of_its_channel(channel: Channel) -> None:
    assert {each.state for each in MEANINGS[channel].values()} <= set(CHANNELS[channel].states)


@pytest.mark.parametrize(
    ("kind", "channel", "state", "suppression_reason"),
    [
        ("Bounce/Permanent/New", Channel.EMAIL, State.BOUNCED, SuppressionReason.BOUNCED),
        ("Bounce/Transient/New", Channel.EMAIL, State.SOFT_BOUNCED, None),
        ("Bounce/New/New", Channel.EMAIL, State.SOFT_BOUNCED, None),
        ("Complaint/new", Channel.EMAIL, State.COMPLAINED, SuppressionReason.COMPLAINED),
        ("DeliveryDelay/New", Channel.EMAIL, State.DELAYED, None),
        ("New", Channel.EMAIL, State.SENT, None),
        ("FAILURE/New words", Channel.SMS, State.FAILED_FOR_NOW, None),
        ("SUCCESS/New words", Channel.SMS, State.CARRIER_ACCEPTED, None),
        ("PENDING/Delivered", Channel.SMS, State.SENT, None),
    ],
)
def test_an_unknown_event_is_taken_for_the_nearest_known_one(
    kind: str, channel: Channel, state: State, suppression_reason: SuppressionReason | None
) -> None:
    found = meaning_of(kind, channel)

    assert (state, suppression_reason, False) == (
        found.state,
        found.suppression_reason,
        found.known,
    )


def test_an_automatic_reply_teaches_nothing() -> None:
    """An out-of-office reply once ended all mail to whoever was on holiday."""
    assert meaning_of("Bounce/Transient/General", Channel.EMAIL).suppression_reason is None


def test_only_what_went_wrong_has_a_reason() -> None:
    assert "Phone number is opted out" == reason("FAILURE/Phone number is opted out", Channel.SMS)
    assert reason("SUCCESS/Delivered", Channel.SMS) is None
    assert reason("Delivery", Channel.EMAIL) is None
    assert "unknown" == reason("FAILURE", Channel.SMS)
