"""A shop's text is shown as written: it cannot inject markup, headers or hidden characters."""

import re

from hypothesis import given
from hypothesis import strategies as st

from ordercast.templates.rendering import words
from tests.receipts.bodies import MAIL, TEXT, about, each_voice, page, voiced


@each_voice
def test_markup_in_what_a_shop_wrote_is_shown_and_not_run(template: str, language: str) -> None:
    evil = '<script>alert(1)</script><img src="x">'
    mail = about(MAIL, order_id=evil, items=(evil,), shop=evil, tracking_url="x")
    said = page(voiced(mail, template, language))

    assert not {"script", "img"} & set(said.tags)
    assert 6 <= said.text.count(evil)


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
    """Providers refuse control characters; a changed text direction misleads the reader."""
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
