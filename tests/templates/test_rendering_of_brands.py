"""A shop's brand changes how its messages look and what they say; nobody else's."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.templates import brands
from ordercast.templates.brands import NO_BRAND, brand_for
from ordercast.templates.languages import language_for
from ordercast.templates.rendering import words
from ordercast.templates.sources import sources_of
from ordercast.templates.statuses import (
    is_promotional,
    promotional_templates,
    send_within,
    template_for,
)
from ordercast.templates.versions import version_of
from tests.examples import notification

BRAND = """
name = "Nordic & Sons"
footer = "Nordic AB, Stockholm"
preferences_url = "https://nordic.example.com/messages"
colours.accent = "#14532d"

[logo]
url = "https://nordic.example.com/logo.png"
alt = "Nordic & Sons"
width = 140
height = 32

[statuses.engraved]
send_within = "3 h"

[statuses.news]
send_within = "3 h"
message_class = "promotional"
"""
FILES = {
    "brand.toml": BRAND,
    "confirmed/en.toml": 'heading = "Hooray!"',
    "layout/sv.toml": 'footer = "Nordic AB, Sverige"',
    "engraved/en.toml": """
subject = "Order {{ order.order_id }} is engraved"
preheader = "Engraved."
heading = "Engraved"
lead = "Order {{ order.order_id }} is engraved."
sms = "Order {{ order.order_id }} is engraved."
""",
}


@pytest.fixture(autouse=True)
def nordic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The brand of one shop."""
    for name, written in FILES.items():
        (tmp_path / "nordic" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "nordic" / name).write_text(written)
    monkeypatch.setattr(brands, "FOLDER", tmp_path)
    brands.deployed.cache_clear()
    yield tmp_path
    brands.deployed.cache_clear()


def of_shop(
    shop: str, channel: Channel = Channel.EMAIL, template: str = "confirmed", locale: str = "en"
) -> Notification:
    draft = notification(1, channel, template=template, locale=locale)
    return replace(draft, order=replace(draft.order, order_id="o-1", shop=shop))


def test_an_email_has_the_shops_name_logo_colours_footer_and_preferences() -> None:
    html, text = words(of_shop("nordic")).html or "", words(of_shop("nordic")).text
    assert 'src="https://nordic.example.com/logo.png" alt="Nordic &amp; Sons"' in html
    assert "background-color: #14532d" in html
    assert 'href="https://nordic.example.com/messages"' in html
    for said in ("Nordic AB, Stockholm", "Choose which messages you get"):
        assert said in html
        assert said in text
    assert "because of order o-1 at Nordic &amp; Sons" in html


def test_a_fallback_says_why_it_comes_and_where_the_reader_changes_that() -> None:
    fallback_for = notification(1, Channel.SMS).id
    of_a_brand = words(replace(of_shop("nordic"), fallback_for=fallback_for))
    of_none = words(replace(of_shop("Example Tea"), fallback_for=fallback_for))
    for said in (of_a_brand, of_none):
        assert "by e-mail because no text message could reach you" in (said.html or "")
        assert "by e-mail because no text message could reach you" in said.text
    assert "https://nordic.example.com/messages" in of_a_brand.text
    assert "please ask the shop" not in of_a_brand.text
    assert "please ask the shop" in of_none.text
    assert "no text message" not in words(of_shop("nordic")).text


def test_a_text_has_the_shops_name() -> None:
    assert words(of_shop("nordic", Channel.SMS)).text.startswith("Nordic & Sons: ")


def test_a_shop_says_some_words_its_own_way_and_the_rest_as_all_do() -> None:
    text = words(of_shop("nordic")).text
    assert text.startswith("Hooray!\n\nYour order o-1 at Nordic & Sons of ")
    assert words(of_shop("nordic", locale="sv")).text.startswith("Tack för")


def test_a_footer_may_be_written_for_a_language() -> None:
    assert "Nordic AB, Sverige" in words(of_shop("nordic", locale="sv")).text


def test_another_shop_has_none_of_it() -> None:
    html = words(of_shop("acme")).html or ""
    assert "Nordic" not in html
    assert "#14532d" not in html
    assert "Choose which" not in html


def test_a_version_changes_with_the_brand(nordic: Path) -> None:
    before = version_of(sources_of("confirmed", "en", brand_for("nordic")))
    assert before != version_of(sources_of("confirmed", "en", NO_BRAND))
    (nordic / "nordic" / "brand.toml").write_text(BRAND.replace("#14532d", "#14532e"))
    brands.deployed.cache_clear()
    assert before != version_of(sources_of("confirmed", "en", brand_for("nordic")))


def test_a_shops_own_status_has_a_template_of_its_own() -> None:
    assert "engraved" == template_for("engraved", "nordic")
    assert "generic" == template_for("engraved", "acme")
    assert words(of_shop("nordic", template="engraved")).text.startswith("Engraved\n\nOrder o-1 is")
    assert timedelta(hours=3) == send_within(of_shop("nordic", template="engraved"))
    assert timedelta(hours=24) == send_within(of_shop("acme", template="engraved"))


def test_a_shops_own_status_is_in_the_default_language_where_it_has_no_other() -> None:
    assert "en" == language_for("engraved", "sv-SE", brand_for("nordic"))
    assert "sv" == language_for("confirmed", "sv-SE", brand_for("nordic"))


def test_a_shops_own_status_may_be_promotional() -> None:
    assert is_promotional("news", "nordic")
    assert not is_promotional("news", "acme")
    assert ["news"] == promotional_templates()
