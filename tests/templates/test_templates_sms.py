"""Text messages are plain and short, with complete order id and link."""

import re
from decimal import Decimal

import pytest

from ordercast.events.order_event import Money
from ordercast.templates.brands import NO_BRAND
from ordercast.templates.rendering import words
from ordercast.templates.sms_text import Encoding, fits, parts
from ordercast.templates.sources import sources_of
from tests.receipts.bodies import LANGUAGES, LINK, MAIL, TEXT, TYPICAL, about, each_voice, voiced

OUTSIDE_GSM_7 = {"ja"}
"""The languages whose letters are not in GSM-7: of a text, 134 characters are two parts."""


@each_voice
def test_a_typical_text_message_is_one_part_of_plain_characters(
    template: str, language: str
) -> None:
    """One curly quote, or a `ç`, turns 160 characters a part into 70, and doubles the bill."""
    text = words(voiced(about(TEXT, **TYPICAL), template, language)).text

    expected = (Encoding.UCS_2, 2) if language in OUTSIDE_GSM_7 else (Encoding.GSM_7, 1)
    assert expected == (parts(text).encoding, parts(text).parts)
    assert text.startswith("Example Tea & Coffee: ")
    assert "20260302-000017" in text
    assert text.endswith(f" {LINK}")


@each_voice
def test_without_a_link_a_text_message_is_one_part(template: str, language: str) -> None:
    short = TYPICAL | {"tracking_url": None, "shop": "Example Tea"}

    assert 1 == parts(words(voiced(about(TEXT, **short), template, language)).text).parts


@each_voice
def test_the_words_of_a_text_message_are_plain_as_they_are_written(
    template: str, language: str
) -> None:
    """They would become plain with the rest, but only if the rest can."""
    written = sources_of(template, language, NO_BRAND).words["sms"]

    assert (language not in OUTSIDE_GSM_7) == (Encoding.GSM_7 is parts(written).encoding)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - OUTSIDE_GSM_7))
@pytest.mark.parametrize("currency", ["EUR", "SEK", "JPY", "INR", "PLN", "CZK", "KRW", "ILS"])
def test_no_currency_makes_a_text_message_cost_double(language: str, currency: str) -> None:
    """A sign outside of GSM-7 is written as the currency's code; spaces are plain."""
    dear = about(TEXT, amount=Money(value=Decimal(1234567), currency=currency))
    text = words(voiced(dear, "refunded", language)).text

    assert Encoding.GSM_7 is parts(text).encoding
    assert re.search(r"1[., ]?234[., ]?567", text)


def test_what_a_shop_wrote_is_made_plain_in_a_text_message_and_kept_in_an_e_mail() -> None:
    shop = "Ada\u2019s\u00a0Tea"

    assert words(about(TEXT, shop=shop)).text.startswith("Ada's Tea: ")
    assert "Ada\u2019s Tea" in words(about(MAIL, shop=shop)).text


@pytest.mark.parametrize(
    "order_id", ["A\u20191", "7\u201342", "\u201c9\u201d", "N\u20116", "x\u20263"]
)
def test_an_order_id_is_never_made_plain(order_id: str) -> None:
    """With another quote or dash it would be another id, unknown to the shop."""
    text = words(about(TEXT, order_id=order_id, shop="Ada\u2019s Tea")).text

    assert text.startswith(f"Ada\u2019s Tea: Your order {order_id} ")


@each_voice
def test_the_longest_order_fits_and_its_id_and_link_are_whole(template: str, language: str) -> None:
    order_id, link = "🫖" * 128, f"https://example.com/{'x' * 1004}"
    longest = about(
        TEXT,
        order_id=order_id,
        shop="茶" * 128,
        amount=Money(value=Decimal("-123456789012.345678"), currency="USD"),
        items=("x" * 256,) * 100,
        tracking_url=link,
    )
    text = words(voiced(longest, template, language)).text

    assert fits(text)
    assert order_id in text
    assert text.endswith(f" {link}")


FORTY = Money(value=Decimal("42.50"), currency="USD")


def test_the_amount_is_left_out_before_the_shop_s_name() -> None:
    def said(shop: str) -> str:
        link = f"https://example.com/{'x' * 1004}"
        return words(about(TEXT, shop=shop, amount=FORTY, tracking_url=link)).text

    room = 1600 - len(said("x").encode()) + 1

    assert "($42.50)" in said("x" * room)
    assert said("x" * (room + 1)).startswith(f"{'x' * (room + 1)}: Your order o-1 is confirmed. ")
    assert said("x" * 600).startswith("Your order o-1 is confirmed. ")
