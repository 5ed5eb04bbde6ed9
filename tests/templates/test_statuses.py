from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.events.message_class import MessageClass
from ordercast.events.statuses import Status
from ordercast.templates.statuses import (
    GENERIC,
    TEMPLATES,
    is_promotional,
    promotional_templates,
    send_within,
    template_for,
)
from tests.examples import notification
from tests.pages import ROOT, snippets
from tests.templates.review import REVIEW, SETTINGS

FOLDER = ROOT / "ordercast" / "templates"


def within(template: str) -> timedelta:
    return send_within(notification(template=template))


@pytest.mark.parametrize("status", TEMPLATES)
def test_a_known_status_has_its_own_template(status: str) -> None:
    assert status == template_for(status, None)


@given(st.text() | st.sampled_from(["layout", "confirmed/en", "..", "", "Confirmed", "brewed"]))
def test_any_other_status_has_the_generic_one(status: str) -> None:
    if status not in TEMPLATES:
        assert GENERIC == template_for(status, None)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_message_outlives_a_night_and_an_outage_but_not_a_week(template: str) -> None:
    """The last republish of a lost one is twelve hours after it was accepted; quiet hours may follow."""
    assert timedelta(hours=24) <= within(template) <= timedelta(days=4)


def test_what_concerns_money_is_sent_for_longer() -> None:
    for money in ("cancelled", "refunded", "failed"):
        assert within(money) > max(within(t) for t in ("confirmed", "shipped", "delivered"))
    assert within("brewed") == within(GENERIC)


def test_what_is_shipped_is_transactional() -> None:
    """So that a stage needs no address to unsubscribe at, and no consent but that to a channel."""
    assert [] == promotional_templates()


@pytest.mark.usefixtures("review")
def test_a_template_says_itself_that_it_is_promotional() -> None:
    assert ["review"] == promotional_templates()
    assert is_promotional("review", None)
    assert not is_promotional("shipped", None)
    assert not is_promotional("of-the-shop-s-own", None)


def test_the_page_shows_how_a_template_becomes_promotional() -> None:
    (shown,) = snippets("docs/templates.md", heading="Promotional messages", language="python")
    names = {
        "Status": Status,
        "MessageClass": MessageClass,
        "timedelta": timedelta,
    }

    assert {REVIEW: SETTINGS} == eval(f"{{{shown}}}", names)  # noqa: S307 - what our own page shows


def test_each_template_has_its_folder_and_each_folder_its_template() -> None:
    folders = {each.parent.name for each in FOLDER.glob("*/en.toml")}
    assert {*TEMPLATES} == folders - {"layout"}
