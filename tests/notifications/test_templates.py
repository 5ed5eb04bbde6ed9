import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.notification import Notification, OrderFacts
from notifications.order_event import Channel
from notifications.templates import language_for, template_for, words
from tests.examples import drafts

TEXT, MAIL = drafts(tracking_url="https://example.com/track/o-1")

# GSM 03.38, the basic alphabet: one character outside it makes a part 70 characters, not 160.
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


def about(notification: Notification, **facts: object) -> Notification:
    """Return the notification with other facts of its order."""
    return replace(notification, order=OrderFacts(**({"order_id": "o-1"} | facts)))  # type: ignore[arg-type]


class Page(HTMLParser):
    """The text and the links of an HTML page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def page(notification: Notification) -> Page:
    return Page(words(notification).html or "")


def test_a_text_message_says_who_what_and_where_in_one_line() -> None:
    said = words(TEXT)

    assert (
        "Example Tea: Your order o-1 (42.50 USD) is confirmed. https://example.com/track/o-1"
    ) == said.text
    assert (None, None) == (said.subject, said.html)


def test_an_e_mail_tells_the_same_story_in_text_and_html() -> None:
    said = words(MAIL)

    assert "Order o-1 is confirmed" == said.subject
    for fact in ["o-1", "Example Tea", "Teapot", "4 x Cup", "42.50 USD"]:
        assert fact in said.text
        assert fact in page(MAIL).text
    assert "https://example.com/track/o-1" in said.text
    assert ["https://example.com/track/o-1"] == page(MAIL).links


@pytest.mark.parametrize("channel", [TEXT, MAIL])
def test_what_is_not_known_is_left_out_and_leaves_no_gap(channel: Notification) -> None:
    said = words(about(channel))

    for text in filter(None, [said.text, said.html]):
        assert "None" not in text
        assert "  :" not in text
        assert "Total" not in text
    assert "\n\n\n" not in said.text


def test_a_text_template_has_no_character_that_doubles_the_bill() -> None:
    """One curly quote turns 160 characters a part into 70."""
    assert not set(words(TEXT).text) - GSM_7


def test_markup_in_what_a_shop_wrote_is_shown_and_not_run() -> None:
    evil = '<script>alert(1)</script><img src="x">'
    said = page(about(MAIL, order_id=evil, items=(evil,), shop=evil, amount=evil))

    assert not {"script", "img"} & set(said.tags)
    assert evil in said.text


def test_a_link_cannot_break_out_of_its_attribute() -> None:
    url = 'https://example.com/"onclick="alert(1)'

    assert [url] == page(about(MAIL, tracking_url=url)).links


BREAKS = st.sampled_from(["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])


@given(st.text(), BREAKS)
def test_an_order_id_cannot_smuggle_a_header_in(text: str, line_break: str) -> None:
    order_id = f"o-1{text}{line_break}Bcc: bob@example.com"
    subject = words(about(MAIL, order_id=order_id)).subject

    assert subject is not None
    assert 1 == len(subject.splitlines())


@given(
    st.text(
        st.characters(categories=["Cc"]) | st.sampled_from("\u202e\u202a\u2066\u2069"), min_size=1
    )
)
def test_nothing_unseen_reaches_a_reader(unseen: str) -> None:
    """Control characters make a provider refuse the message; a turned direction makes it lie."""
    for notification in (TEXT, MAIL):
        said = words(about(notification, order_id=f"o{unseen}1", items=(f"tea{unseen}pot",)))
        everything = f"{said.subject}{said.text}{said.html}"

        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", everything)


def test_an_item_keeps_to_its_line() -> None:
    listed = words(about(MAIL, items=("Tea\n- Gold bar", "Cup"))).text

    assert ["- Tea - Gold bar", "- Cup"] == [x for x in listed.splitlines() if x.startswith("-")]


def test_letters_of_every_script_arrive_as_they_were_written() -> None:
    names = ("Théière", "茶壺", "שלום", "Чайник", "👩‍👩‍👧 cup", "a\u0301")
    said = words(about(MAIL, items=names))

    for name in names:
        assert name in said.text
        assert name in (said.html or "")


def test_a_long_order_is_told_in_full() -> None:
    items = tuple(f"{n} {'x' * 250}" for n in range(100))

    assert 100 == sum(item in words(about(MAIL, items=items)).text for item in items)


@pytest.mark.parametrize(
    ("locale", "language"),
    [(None, "en"), ("", "en"), ("en", "en"), ("en-US", "en"), ("EN_gb", "en"), ("tlh", "en")],
)
def test_a_locale_is_answered_in_its_language_or_in_english(
    locale: str | None, language: str
) -> None:
    assert language == language_for("confirmed", locale)


def test_a_status_without_a_template_has_none() -> None:
    assert "confirmed" == template_for("confirmed")
    assert template_for("brewed") is None
    assert "en" == language_for("brewed", "en")


@pytest.mark.parametrize("channel", Channel)
def test_an_e_mail_has_a_subject_and_a_text_message_has_none(channel: Channel) -> None:
    (draft,) = drafts(channel=channel.value)

    assert (channel is Channel.EMAIL) == (words(draft).subject is not None)
