import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import templates
from notifications.notification import Notification, OrderFacts
from notifications.order_event import Channel
from notifications.sms_text import Encoding, fits, parts
from notifications.templates import language_for, version_of, words
from notifications.templates.catalogue import GENERIC, SEND_WITHIN
from tests.examples import drafts

TEXT, MAIL = drafts(tracking_url="https://example.com/track/o-1")

LANGUAGES = ("en", "sv")
EVERY_VOICE = [(template, language) for template in SEND_WITHIN for language in LANGUAGES]
each_voice = pytest.mark.parametrize(("template", "language"), EVERY_VOICE)

FOLDER = Path(templates.__file__).parent

# As much as an order commonly has to say.
LINK = "https://track.example.com/parcels/JJD000390007827492104"
TYPICAL = {
    "order_id": "20260302-000017",
    "shop": "Example Tea & Coffee",
    "amount": "1299.00 SEK",
    "items": ("Teapot", "4 x Cup"),
    "tracking_url": LINK,
}


def about(notification: Notification, **facts: object) -> Notification:
    """Return the notification with other facts of its order."""
    return replace(notification, order=OrderFacts(**({"order_id": "o-1"} | facts)))  # type: ignore[arg-type]


def voiced(notification: Notification, template: str, language: str) -> Notification:
    """Return the notification as another template says it, in another language."""
    return replace(notification, template=template, locale=language)


class Page(HTMLParser):
    """The tags, the text and the links of an HTML page."""

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
        if self.lasttag != "style":
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


def lines_of(page: Page) -> set[str]:
    return {line.strip() for line in page.text.splitlines()}


@each_voice
def test_text_and_html_say_the_same(template: str, language: str) -> None:
    mail = voiced(about(MAIL, **TYPICAL), template, language)
    told = lines_of(page(mail))
    heading, lead, *items, total, follow, reason = (
        line.removeprefix("- ") for line in words(mail).text.splitlines() if line
    )

    assert {heading, lead, *items, reason, follow.partition(": ")[0]} <= told
    assert total.replace(": ", "") in told  # two cells of one row


@each_voice
def test_an_e_mail_says_all_that_is_known(template: str, language: str) -> None:
    mail = voiced(about(MAIL, **TYPICAL), template, language)

    for fact in ["20260302-000017", "Example Tea & Coffee", "Teapot", "4 x Cup", "1299.00 SEK"]:
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
    assert not {"table", "a"} & set(page(mail).tags)


@each_voice
def test_a_typical_text_message_is_one_part_of_plain_characters(
    template: str, language: str
) -> None:
    """One curly quote turns 160 characters a part into 70, and doubles the bill."""
    text = words(voiced(about(TEXT, **TYPICAL), template, language)).text

    assert (Encoding.GSM_7, 1) == (parts(text).encoding, parts(text).parts)
    assert text.startswith("Example Tea & Coffee: ")
    assert "20260302-000017" in text
    assert text.endswith(f" {LINK}")


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("sms.txt")))
def test_the_words_of_a_text_message_are_plain_as_they_are_written(file: Path) -> None:
    """They would be made plain with the rest, but only where the rest can be."""
    assert Encoding.GSM_7 is parts(file.read_text()).encoding


def test_what_a_shop_wrote_is_made_plain_in_a_text_message_and_kept_in_an_e_mail() -> None:
    shop = "Ada\u2019s\u00a0Tea"

    assert words(about(TEXT, shop=shop)).text.startswith("Ada's Tea: ")
    assert "Ada\u2019s Tea" in words(about(MAIL, shop=shop)).text


@pytest.mark.parametrize(
    "order_id", ["A\u20191", "7\u201342", "\u201c9\u201d", "N\u20116", "x\u20263"]
)
def test_an_order_id_is_never_made_plain(order_id: str) -> None:
    """With another quote or dash it is another id, which no shop can find."""
    text = words(about(TEXT, order_id=order_id, shop="Ada\u2019s Tea")).text

    assert text.startswith(f"Ada\u2019s Tea: Your order {order_id} ")


@each_voice
def test_the_longest_order_fits_and_its_id_and_link_are_whole(template: str, language: str) -> None:
    order_id, link = "🫖" * 128, f"https://example.com/{'x' * 1004}"
    longest = about(
        TEXT,
        order_id=order_id,
        shop="茶" * 128,
        amount="-123456789012.345678 USD",
        items=("x" * 256,) * 100,
        tracking_url=link,
    )
    text = words(voiced(longest, template, language)).text

    assert fits(text)
    assert order_id in text
    assert text.endswith(f" {link}")


def test_the_amount_is_left_out_before_the_shop_s_name() -> None:
    def said(shop: str) -> str:
        link = f"https://example.com/{'x' * 1004}"
        return words(about(TEXT, shop=shop, amount="42.50 USD", tracking_url=link)).text

    room = 1600 - len(said("x").encode()) + 1

    assert "(42.50 USD)" in said("x" * room)
    assert said("x" * (room + 1)).startswith(f"{'x' * (room + 1)}: Your order o-1 is confirmed. ")
    assert said("x" * 600).startswith("Your order o-1 is confirmed. ")


@each_voice
def test_markup_in_what_a_shop_wrote_is_shown_and_not_run(template: str, language: str) -> None:
    evil = '<script>alert(1)</script><img src="x">'
    mail = about(MAIL, order_id=evil, items=(evil,), shop=evil, amount=evil, tracking_url="x")
    said = page(voiced(mail, template, language))

    assert not {"script", "img"} & set(said.tags)
    assert 7 <= said.text.count(evil)


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


def test_a_fact_that_does_not_exist_is_a_bug_and_not_a_blank() -> None:
    with pytest.raises(jinja2.UndefinedError):
        words(replace(MAIL, order=SimpleNamespace(order_id="o-1", shop=None)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        *((any_english, "en") for any_english in ("en", "en-US", "EN_gb")),
        *((any_swedish, "sv") for any_swedish in ("sv", "sv-SE", "SV_fi")),
        *((unknown, "en") for unknown in (None, "", "-", "tlh", "../sv")),
    ],
)
@pytest.mark.parametrize("status", ["confirmed", "refunded", "brewed"])
def test_a_locale_is_answered_in_its_language_or_in_english(
    status: str, locale: str | None, language: str
) -> None:
    assert language == language_for(status, locale)


def test_every_template_has_every_part_in_every_language_and_there_are_no_others() -> None:
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
    expected = {
        f"{template}/{language}/{part}"
        for template, language in EVERY_VOICE
        for part in ("subject.txt", "sms.txt", "email.txt", "email.html")
    }

    assert expected == {
        name
        for name in files
        if not name.startswith("layout/") and not name.endswith((".py", ".pyc"))
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draft", [TEXT, MAIL])
def test_a_status_of_the_shop_s_own_is_not_quoted(draft: Notification, language: str) -> None:
    """It is written for the shop's own people: `fraud_review` is nothing to tell a customer."""
    said = words(replace(voiced(draft, GENERIC, language), status="fraud_review"))

    assert "fraud" not in f"{said.subject}{said.text}{said.html}"


class Sources:
    """The templates' files, as the code reads them: how often, and with what was put in."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reads = 0
        self.changed: str | None = None
        read = jinja2.PackageLoader.get_source

        def get_source(loader: Any, environment: Any, name: str) -> Any:
            self.reads += 1
            source, *rest = read(loader, environment, name)
            return (source + " more" if name == self.changed else source, *rest)

        monkeypatch.setattr(jinja2.PackageLoader, "get_source", get_source)


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Sources:
    return Sources(monkeypatch)


@pytest.mark.parametrize(
    ("changed", "moves"),
    [
        ("confirmed/en/sms.txt", True),
        ("confirmed/en/email.html", True),
        ("layout/en/email.txt", True),
        ("layout/email.html", True),
        ("confirmed/sv/sms.txt", False),
        ("shipped/en/sms.txt", False),
        ("layout/sv/email.txt", False),
    ],
)
def test_a_version_moves_with_the_words_it_stands_for(
    sources: Sources, changed: str, *, moves: bool
) -> None:
    before = version_of("confirmed", "en")
    sources.changed = changed

    assert moves == (before != version_of.__wrapped__("confirmed", "en"))


def test_every_voice_has_a_version_of_its_own() -> None:
    versions = {version_of(template, language) for template, language in EVERY_VOICE}

    assert len(EVERY_VOICE) == len(versions)
    assert all(re.fullmatch("[0-9a-f]{8}", version) for version in versions)


def test_a_template_is_read_once_for_all_its_messages(sources: Sources) -> None:
    for _ in range(2):
        sources.reads = 0
        for draft in (TEXT, MAIL):
            words(about(draft))

    assert 0 == sources.reads


@pytest.mark.parametrize("channel", Channel)
def test_an_e_mail_has_a_subject_and_a_text_message_has_none(channel: Channel) -> None:
    (draft,) = drafts(channel=channel.value)

    assert (channel is Channel.EMAIL) == (words(draft).subject is not None)
