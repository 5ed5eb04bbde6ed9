"""A number from before its country's change is read as what it became, where it has one reading."""

import pytest

from ordercast.people.phone_numbers import NumberKind, PhoneNumber, e164, phone_number
from ordercast.people.written_numbers import NumberProblem


@pytest.mark.parametrize(
    ("written", "country", "dialled"),
    [
        ("+5215512345678", "MX", "+525512345678"),
        ("+52 1 55 1234 5678", "US", "+525512345678"),
        ("5215512345678", "MX", "+525512345678"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("01 55 1234 5678", "MX", "+525512345678"),
        ("+54 11 15 2345 6789", "AR", "+5491123456789"),
        ("+54 9 11 2345 6789", "AR", "+5491123456789"),
        ("+55 11 8765-4321", "US", "+5511987654321"),
        ("(11) 8765-4321", "BR", "+5511987654321"),
        ("+229 97 12 34 56", "BJ", "+2290197123456"),
        ("+225 07 12 34 56", "CI", "+2250707123456"),
        ("+225 45 12 34 56", "CI", "+2250545123456"),
    ],
)
def test_an_obsolete_number_that_became_one_new_number_is_that(
    written: str, country: str, dialled: str
) -> None:
    assert dialled == e164(written, country=country)


@pytest.mark.parametrize(
    ("written", "country", "open_countries"),
    [
        ("1 55 1234 5678", "MX", "US CA"),  # or a mobile in New Jersey
        ("(65) 9876-5432", "BR", "BR SG"),
        ("(47) 9876-5432", "BR", "BR NO"),
        ("(45) 7123-4567", "BR", "BR DK"),
    ],
)
def test_an_obsolete_number_that_with_a_plus_is_somebody_else_s_is_refused(
    written: str, country: str, open_countries: str
) -> None:
    texts_to = frozenset(open_countries.split())

    assert NumberProblem.AMBIGUOUS == phone_number(written, country, texts_to)
    assert NumberProblem.AMBIGUOUS == phone_number(written, country, texts_to, stated=False)


def test_an_obsolete_number_is_read_where_no_text_goes_to_the_other_one_s_country() -> None:
    assert "+5565998765432" == e164("(65) 9876-5432", country="BR", texts_to=frozenset({"BR"}))


def test_a_number_that_is_valid_today_is_not_taken_for_an_old_one() -> None:
    """In Brazil eight digits that begin with a 2 are a landline."""
    line = PhoneNumber("+551123456789", "BR", NumberKind.LANDLINE)

    assert line == phone_number("+55 11 2345-6789", "BR")
