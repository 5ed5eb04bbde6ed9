"""A phone number is read as people write it, where the field has one reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.people.phone_numbers import e164, phone_number
from ordercast.people.written_numbers import NumberProblem

LINE = "+12065550100"


@pytest.mark.parametrize(
    ("written", "country", "dialled"),
    [
        (LINE, "US", LINE),
        ("+1 206 555 0100", "SE", LINE),
        ("(206) 555-0100", "US", LINE),
        ("1 (206) 555-0100", "US", LINE),
        ("070-174 06 05", "SE", "+46701740605"),
        ("0046 70 174 06 05", "SE", "+46701740605"),
        ("011 46 70 174 06 05", "US", "+46701740605"),
        ("+46 (0)70 174 06 05", "US", "+46701740605"),
        ("(+46) 70 174 06 05", "US", "+46701740605"),
        ("0491 570 156", "AU", "+61491570156"),
        (" +46701740605\n", "US", "+46701740605"),
        ("tel:+1-206-555-0100", "SE", LINE),
        ("TEL:+12065550100", "SE", LINE),
        ("0171/6783154", "DE", "+491716783154"),
        ("+49 171/6783154", "US", "+491716783154"),
        ("206.555.0100", "US", LINE),
        ("[206] 555-0100.", "US", LINE),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+39 02 1234 5678", "US", "+390212345678"),
        ("0 15 11 98765-4321", "BR", "+5511987654321"),
    ],
)
def test_a_number_is_read_as_people_in_its_country_write_it(
    written: str, country: str, dialled: str
) -> None:
    assert dialled == e164(written, country=country)


# A country code without its plus


@pytest.mark.parametrize(
    ("written", "country", "dialled"),
    [
        ("491716783154", "DE", "+491716783154"),
        ("49 171 6783154", "DE", "+491716783154"),
        ("38344123456", "XK", "+38344123456"),
        ("6281234567890", "ID", "+6281234567890"),
        ("447400123456", "GB", "+447400123456"),
        ("33612345678", "FR", "+33612345678"),
        ("12065550100", "US", LINE),
    ],
)
def test_a_country_code_without_its_plus_is_one_where_that_alone_is_a_number(
    written: str, country: str, dialled: str
) -> None:
    """Read as a national number, a German mobile would be a stranger's landline."""
    assert dialled == e164(written, country=country)


@pytest.mark.parametrize(
    ("written", "country", "dialled"),
    [
        ("12065550100", "SE", LINE),
        ("46701740605", "US", "+46701740605"),
        ("5215512345678", "US", "+525512345678"),
    ],
)
def test_another_country_s_code_without_its_plus_is_not_read_where_a_country_is_stated(
    written: str, country: str, dialled: str
) -> None:
    """Whose country is not stated may be from there; the stage's country is a default alone."""
    assert dialled == e164(written, country=country, stated=False)
    assert NumberProblem.AMBIGUOUS == phone_number(written, country)


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("81234567890", "ID"),  # an Indonesian mobile without its zero, or a Japanese one
        ("6062530037", "US"),  # Kentucky, or Malaysia
        ("(606) 253-0037", "US"),
        ("35832156", "DE"),
        ("461339507", "SE"),  # both are Swedish
        ("492112345678", "DE"),  # both are landlines
    ],
)
def test_a_number_that_with_a_plus_is_somebody_else_s_is_refused(
    written: str, country: str
) -> None:
    assert NumberProblem.AMBIGUOUS == phone_number(written, country)
    assert e164(written, country=country) is None


def test_a_reading_in_a_country_that_gets_no_texts_is_none() -> None:
    """Else one in nine bare American numbers would be refused, for a country nobody ships to."""
    assert "+16062530037" == e164("6062530037", country="US", texts_to=frozenset({"US"}))
    assert e164("6062530037", country="US", texts_to=frozenset({"US", "MY"})) is None


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("0046701740605", "US"),  # not how the United States dial abroad
        ("0701740605", "US"),
        ("2065550100", "ZZ"),  # no such country
        ("12065550100", "ZZ"),
        ("5550100", "US"),  # which area?
    ],
)
def test_what_has_no_reading_is_never_guessed(written: str, country: str) -> None:
    """A guessed + or +1 prefix would send an order to a stranger."""
    assert NumberProblem.NO_NUMBER == phone_number(written, country)


# More than one thing in the field


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("+12065550100/+12065550101", "US"),
        ("+1 206 555 0100 or 206 555 0101", "US"),
        ("206 555 0100, 206 555 0101", "US"),
        ("206 555 0100 206 555 0101", "US"),
        ("206 555 0100/01", "US"),
        ("206 555 0100 / 0101", "US"),
        ("+12065550100+12065550101", "US"),
        ("+12065550100 +46701740605", "US"),
        ("030 12345 030 12346", "DE"),  # joined, it is a landline of 15 digits
        ("030 123456/57", "DE"),
        ("0701740605; 0701740606", "SE"),
        ("0701740605\n0701740606", "SE"),
        ("0701740605 el. 0701740606", "SE"),
        ("06 12 34 56 78 - 06 12 34 56 79", "FR"),
        ("09012345678・08012345678", "JP"),
        ("0665 427541 2309", "AT"),  # joined, it would be a mobile of thirteen digits
        ("0666 775180 - 2631", "AT"),
        ("0663742447 (9102", "AT"),
        ("0663742447 (9102)", "AT"),
        ("664154990  4547", "AT"),
        ("664154990\t4547", "AT"),
        ("030 258173  29", "DE"),
        ("030861419 (9141", "DE"),
        ("+43 664 154990  45", "US"),
    ],
)
def test_two_numbers_are_not_joined_and_none_is_chosen(written: str, country: str) -> None:
    assert NumberProblem.SEVERAL == phone_number(written, country)


@pytest.mark.parametrize(
    ("written", "country", "dialled"),
    [
        ("0664 1234 5678", "AT", "+4366412345678"),
        ("0664 123 45 67", "AT", "+436641234567"),
        ("030 123456-789", "DE", "+4930123456789"),
        ("(206)  555-0100", "US", LINE),
        ("070\t174 06 05", "SE", "+46701740605"),
    ],
)
def test_groups_and_gaps_before_a_number_is_whole_are_no_second_one(
    written: str, country: str, dialled: str
) -> None:
    assert dialled == e164(written, country=country)


@pytest.mark.parametrize(
    "written",
    [
        "+1 206 555 0100 ext. 5",
        "+1 206 555 0100 ext 5",
        "+1 206 555 0100 x5",
        "+1 206 555 0100 #5",
        "+12065550100;ext=5",
        "tel:+1-206-555-0100;ext=55",
        "+1 206 555 0100, 5",
        "206-555-0100 extension 12",
    ],
)
def test_an_extension_is_named(written: str) -> None:
    assert NumberProblem.EXTENSION == phone_number(written, "US")


@pytest.mark.parametrize(
    "written",
    [
        "1-800-FLOWERS",
        "order 206 555 0100",
        "206 555 0100 (after 6 pm)",
        "206 555 0100 Ada",
        "+1206\u202e5550100",
        "206 555 0100*1",
        "*31#2065550100",
        "206 555 0100²",
        "206 555 010~9",
        "4.91716783154e+11",
        "Mobile: +1 206 555 0100",
    ],
)
def test_a_note_beside_the_number_is_named(written: str) -> None:
    assert NumberProblem.TEXT == phone_number(written, "US")


@pytest.mark.parametrize("written", ["", "+", "none", "-", "911", "2" * 1024, "()"])
def test_what_is_no_number_is_none(written: str) -> None:
    assert NumberProblem.NO_NUMBER == phone_number(written, "US")


# Characters


@pytest.mark.parametrize(
    ("written", "country", "dialled"),
    [
        ("+1\u202f206\u202f555\u202f0100", "SE", LINE),
        ("\u202a+1 206 555 0100\u202c", "SE", LINE),
        ("\u200e+1 206\u200b555\u2060 0100\ufeff", "SE", LINE),
        ("206\u00ad555\u00ad0100", "US", LINE),
        ("090\u30fc1234\u30fc5678", "JP", "+819012345678"),
        ("090\uff701234\uff705678", "JP", "+819012345678"),
        ("090\u22121234\u20105678", "JP", "+819012345678"),
        ("090\u30fb1234\u30fb5678", "JP", "+819012345678"),
        ("010\u31611234\u31615678", "KR", "+821012345678"),
        (
            "\uff10\uff19\uff10\uff0d\uff11\uff12\uff13\uff14\uff0d\uff15\uff16\uff17\uff18",
            "JP",
            "+819012345678",
        ),
        (
            "\uff08\uff10\uff13\uff09\uff11\uff12\uff13\uff14\u2212\uff15\uff16\uff17\uff18",
            "JP",
            "+81312345678",
        ),
        ("\uff0b\uff11 206 555 0100", "US", LINE),
        ("\u0660\u0665\u0660 \u0661\u0662\u0663 \u0664\u0665\u0666\u0667", "AE", "+971501234567"),
        (
            "\u06f0\u06f9\u06f1\u06f2 \u06f3\u06f4\u06f5 \u06f6\u06f7\u06f8\u06f9",
            "IR",
            "+989123456789",
        ),
        ("+\u0967 206 555 0100", "IN", LINE),
        ("'+12065550100", "SE", LINE),
        ("12065550100.0", "US", LINE),
    ],
)
def test_characters_that_look_like_digits_dashes_and_spaces_are_those(
    written: str, country: str, dialled: str
) -> None:
    assert dialled == e164(written, country=country)


def test_a_fraction_that_a_program_added_is_no_digit() -> None:
    """Joined, 1716783154.0 would be the number of somebody else."""
    assert "+491716783154" == e164("1716783154.0", country="DE")


def test_a_kanji_that_is_a_dash_or_a_one_is_not_guessed() -> None:
    assert NumberProblem.TEXT == phone_number("090\u4e001234\u4e005678", "JP")


@given(st.text(), st.sampled_from(["US", "SE", "AU", "DE", "ZZ", ""]))
def test_whatever_is_written_a_number_is_a_plus_and_digits_or_there_is_none(
    written: str, country: str
) -> None:
    number = e164(written, country=country)

    assert number is None or (number[0] == "+" and number[1:].isdecimal() and number.isascii())
