"""A message has all known details of its order, in every language, without gaps for the others."""

import re

import jinja2
import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.templates import figures
from ordercast.templates.brands import NO_BRAND
from ordercast.templates.rendering import CompiledTemplate, words
from ordercast.templates.sources import sources_of
from ordercast.templates.statuses import GENERIC
from tests.examples import drafts
from tests.receipts.bodies import (
    LANGUAGES,
    LINK,
    MAIL,
    SPACER,
    TEXT,
    TYPICAL,
    about,
    each_voice,
    lines_of,
    page,
    voiced,
)


def test_a_text_message_says_who_what_and_where_in_one_line() -> None:
    said = words(TEXT)

    assert (
        "Example Tea: Your order o-1 ($42.50) is confirmed. https://example.com/track/o-1"
    ) == said.text
    assert (None, None) == (said.subject, said.html)


def test_an_e_mail_says_the_same_in_text_and_html() -> None:
    said = words(MAIL)

    assert "Order o-1 is confirmed" == said.subject
    for fact in ["o-1", "Example Tea", "Teapot", "4 x Cup", "$42.50"]:
        assert fact in said.text
        assert fact in page(MAIL).text
    assert "https://example.com/track/o-1" in said.text
    assert ["https://example.com/track/o-1"] == page(MAIL).links


@each_voice
def test_text_and_html_say_the_same(template: str, language: str) -> None:
    mail = voiced(about(MAIL, **TYPICAL), template, language)
    lines = lines_of(page(mail))
    heading, lead, *items, total, follow, reason = (
        line.removeprefix("- ") for line in words(mail).text.translate(SPACER).splitlines() if line
    )

    assert {heading, lead, *items, reason, follow.partition(": ")[0]} <= lines
    assert total.replace(": ", "") in lines  # two cells of one row


def test_french_has_a_space_before_a_colon_that_does_not_break() -> None:
    text = words(voiced(about(MAIL, **TYPICAL), "confirmed", "fr")).text
    assert "\nTotal\u00a0: " in text
    assert f"\nSuivre ma commande\u00a0: {LINK}" in text


@each_voice
def test_an_e_mail_says_all_that_is_known(template: str, language: str) -> None:
    mail = voiced(about(MAIL, **TYPICAL), template, language)
    total = figures.amount(TYPICAL["amount"], language.replace("-", "_"), for_text=False)

    for fact in ["20260302-000017", "Example Tea & Coffee", "Teapot", "4 x Cup", total]:
        assert fact in words(mail).text
        assert fact in page(mail).text
    assert "20260302-000017" in (words(mail).subject or "")
    assert words(mail).subject in lines_of(page(mail))  # the page's title
    assert LINK in words(mail).text
    assert [LINK] == page(mail).links


@each_voice
def test_what_is_not_known_is_left_out_and_leaves_no_gap(template: str, language: str) -> None:
    text = words(voiced(about(TEXT), template, language)).text
    mail = voiced(about(MAIL), template, language)

    lines = [text, words(mail).subject or "", *words(mail).text.splitlines(), *lines_of(page(mail))]

    for line in lines:
        assert " ".join(line.split()) == line
        assert not re.search(r"None| [.:,]|\(\)|:$", line)
    assert "\n\n\n" not in words(mail).text
    html = words(mail).html or ""
    assert not re.search('class="(?:items|buttons)"|<a |<img', html.partition("<body")[2])


def test_a_long_order_is_shown_in_full() -> None:
    items = tuple(f"{n} {'x' * 250}" for n in range(100))

    assert 100 == sum(item in words(about(MAIL, items=items)).text for item in items)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draft", [TEXT, MAIL])
def test_a_status_of_the_shop_s_own_is_not_quoted(draft: Notification, language: str) -> None:
    """A status may be internal, such as `fraud_review`, and not meant for customers."""
    said = words(replace(voiced(draft, GENERIC, language), status="fraud_review"))

    assert "fraud" not in f"{said.subject}{said.text}{said.html}"


@pytest.mark.parametrize("channel", Channel)
def test_an_e_mail_has_a_subject_and_a_text_message_has_none(channel: Channel) -> None:
    (draft,) = drafts(channel=channel.value)

    assert (channel is Channel.EMAIL) == (words(draft).subject is not None)


def test_a_fact_that_does_not_exist_is_a_bug_and_not_a_blank() -> None:
    made_of = sources_of("confirmed", "en", NO_BRAND)
    misspelt = replace(made_of, words={**made_of.words, "lead": "{{ order.amonut }}"})

    with pytest.raises(jinja2.UndefinedError, match="amonut"):
        CompiledTemplate.of(misspelt).words(MAIL)
