"""Money, dates and numbers are written as their reader writes them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.events.order_event import Money
from ordercast.templates.figures import amount, day, locale_of, plural
from ordercast.templates.rendering import words
from tests.receipts.bodies import LANGUAGES, MAIL, TEXT, about, voiced


def written(value: str, currency: str, locale: str = "en", *, for_text: bool = False) -> str:
    """Return an amount with plain spaces, which are easier to see."""
    money = Money(value=Decimal(value), currency=currency)
    return amount(money, locale, for_text=for_text).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        ("10.50", "KWD", "KWD 10.500"),
        ("36.3900", "USD", "$36.39"),
        ("1200.00", "JPY", "¥1,200"),
        ("42.5", "USD", "$42.50"),
        ("0", "EUR", "€0.00"),
        ("1E+3", "EUR", "€1,000.00"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(value: str, currency: str, shown: str) -> None:
    assert shown == written(value, currency)


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        ("1.005", "USD", "$1.01"),
        ("0.995", "USD", "$1.00"),
        ("59.970001", "EUR", "€59.97"),
        ("1200.50", "JPY", "¥1,201"),
        ("10.5004", "KWD", "KWD 10.500"),
        ("1234.56", "HUF", "HUF 1,234.56"),  # there is no such coin any more, but it may be charged
        ("1234.00", "HUF", "HUF 1,234"),
        ("10.505", "IQD", "IQD 10.505"),
    ],
)
def test_what_no_coin_can_pay_is_rounded_half_up_and_no_coin_is_left_out(
    value: str, currency: str, shown: str
) -> None:
    assert shown == written(value, currency)


@pytest.mark.parametrize(
    ("locale", "currency", "shown"),
    [
        ("sv", "SEK", "1 179,90 kr"),
        ("sv_FI", "EUR", "1 179,90 €"),
        ("en_GB", "GBP", "£1,179.90"),
        ("en_GB", "USD", "US$1,179.90"),
        ("en", "SEK", "SEK 1,179.90"),
        ("de", "EUR", "1.179,90 €"),
        ("de_AT", "EUR", "€ 1.179,90"),
        ("fr", "EUR", "1 179,90 €"),
        ("es", "EUR", "1.179,90 €"),
        ("pt_BR", "BRL", "R$ 1.179,90"),
        ("ja", "JPY", "￥1,180"),
        ("en_IN", "INR", "₹1,179.90"),
        # One that nobody knows, and ISO 4217's code for no currency: neither has a sign.
        ("en", "QQQ", "QQQ 1,179.90"),
        ("en", "XXX", "XXX 1,179.90"),
    ],
)
def test_an_amount_is_written_as_in_the_reader_s_locale(
    locale: str, currency: str, shown: str
) -> None:
    assert shown == written("1179.90", currency, locale)


def test_the_spaces_of_an_amount_do_not_break() -> None:
    money = Money(value=Decimal("1179.90"), currency="SEK")

    assert "1\u00a0179,90\u00a0kr" == amount(money, "sv", for_text=False)
    assert (
        "1\u00a0179,90\u00a0kr" in words(voiced(about(MAIL, amount=money), "refunded", "sv")).text
    )


@pytest.mark.parametrize(
    ("locale", "currency", "shown"),
    [
        ("en", "EUR", "€1.00"),
        ("en", "JPY", "¥1"),
        ("sv", "PLN", "1,00 PLN"),
        ("en_IN", "INR", "INR 1.00"),
        ("en", "KRW", "KRW 1"),
        ("en", "ILS", "ILS 1.00"),
    ],
)
def test_a_text_message_has_a_sign_of_gsm_7_or_the_currency_s_code(
    locale: str, currency: str, shown: str
) -> None:
    assert shown == written("1", currency, locale, for_text=True)


@given(
    st.decimals(min_value=0, max_value="999999999999.999999", places=6),
    st.sampled_from(["USD", "SEK", "EUR", "GBP", "BRL", "KWD"]),
)
def test_no_digit_is_lost_or_made_up(value: Decimal, currency: str) -> None:
    places = 3 if currency == "KWD" else 2
    digits = "".join(c for c in written(str(value), currency) if c in "0123456789.")

    assert abs(Decimal(digits) - value) <= Decimal(5).scaleb(-places - 1)
    assert places == len(digits.partition(".")[2])


@pytest.mark.parametrize("template", ["refunded", "partially_refunded"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refund_has_no_minus(template: str, language: str) -> None:
    money = Money(value=Decimal("-12.00"), currency="USD")
    for draft in (TEXT, MAIL):
        text = words(voiced(about(draft, order_id="1", amount=money), template, language)).text

        assert "12" in text
        assert not set("-\u2212") & set(text)


def test_an_order_that_comes_to_less_than_nothing_says_so() -> None:
    money = Money(value=Decimal("-12.00"), currency="USD")

    assert "(-$12.00)" in words(about(TEXT, amount=money)).text


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en", "November 3, 2026"),
        ("en_GB", "3 November 2026"),
        ("sv", "3 november 2026"),
        ("de", "3. November 2026"),
        ("fr", "3 novembre 2026"),
        ("es", "3 de noviembre de 2026"),
        ("pt_BR", "3 de novembro de 2026"),
        ("ja", "2026年11月3日"),
    ],
)
def test_a_date_is_written_in_words(locale: str, shown: str) -> None:
    assert shown == day(date(2026, 11, 3), locale)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_confirmation_has_the_day_of_the_order(language: str) -> None:
    on = date(2026, 11, 3)
    mail = voiced(about(MAIL, day=on), "confirmed", language)

    assert day(on, language.replace("-", "_")) in words(mail).text


@pytest.mark.parametrize(
    ("locale", "number", "shown"),
    [
        ("en", 1, "1 item"),
        ("en", 3, "3 items"),
        ("en", 1200, "1,200 items"),
        ("fr", 0, "0 item"),
        ("fr", 1000000, "1\u202f000\u202f000 items"),  # many: other, where it has no form
        ("ja", 1, "1 items"),
    ],
)
def test_a_number_takes_the_form_that_its_language_has_for_it(
    locale: str, number: int, shown: str
) -> None:
    assert shown == plural(number, {"one": "# item", "other": "# items"}, locale)


@pytest.mark.parametrize(("quantity", "shown"), [(1, "1 item, $5.00. "), (4, "4 items, $5.00. ")])
def test_an_e_mail_s_preview_counts_the_items(quantity: int, shown: str) -> None:
    item = {"items": ("Cup",) * quantity, "amount": Money(value=Decimal(5), currency="USD")}

    assert shown in (words(about(MAIL, **item)).html or "")


@pytest.mark.parametrize(
    ("locale", "language", "named"),
    [
        ("sv-FI", "sv", "sv_FI"),
        ("SV_fi", "sv", "sv_FI"),
        ("en-Latn-GB", "en", "en_GB"),
        ("es-419", "es", "es_419"),
        ("pt-PT", "pt-BR", "pt_PT"),
        ("pt", "pt-BR", "pt_BR"),
        ("de", "de", "de"),
        (None, "en", "en"),
        ("", "en", "en"),
        ("de-JP", "de", "de"),  # no such locale
        ("zh-TW", "en", "en"),  # words and figures are of one language
        ("../en-GB", "en", "en"),
    ],
)
def test_figures_are_those_of_the_reader_s_country_in_the_language_of_the_words(
    locale: str | None, language: str, named: str
) -> None:
    assert named == locale_of(locale, language)


@given(st.text())
def test_no_locale_keeps_a_message_from_being_written(locale: str) -> None:
    assert (
        "o-1"
        in words(
            voiced(about(MAIL, amount=Money(value=Decimal(1), currency="EUR")), "confirmed", locale)
        ).text
    )
